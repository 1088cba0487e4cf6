// Warns before the session ends, keeps tabs in step, and leaves the page when it has ended (WCAG 2.2.1).
// Nothing is stored: tabs tell each other the moment of ending over a BroadcastChannel.

const SECOND = 1000

export function watchSession(dialog) {
  if (!dialog) return
  const { resterend, waarschuwing, verlopen, uitgelogd } = dialog.dataset
  const warning = Number(waarschuwing) * SECOND
  const channel = new BroadcastChannel('sessie')
  let end = Date.now() + Number(resterend) * SECOND
  let timer

  /** Look at the clock, act, and come back at the next moment that matters. */
  function check() {
    clearTimeout(timer)
    const left = end - Date.now()
    if (left <= 0) return leave(verlopen)
    if (left > warning) {
      if (dialog.open) dialog.close()
      timer = setTimeout(check, left - warning)
      return
    }
    showTime(dialog, left)
    if (!dialog.open) dialog.showModal()
    timer = setTimeout(check, Math.min(left, 10 * SECOND))
  }

  function leave(url) {
    clearTimeout(timer)
    document.querySelector('main')?.replaceChildren()
    window.location.replace(url)
  }

  function setEnd(moment) {
    end = moment
    check()
  }

  async function extend(event) {
    event.preventDefault()
    const form = event.target
    try {
      const response = await fetch(form.action, {
        method: 'POST',
        body: new URLSearchParams(new FormData(form)),
        credentials: 'same-origin',
      })
      const seconds = Number(await response.text())
      if (!response.ok || response.redirected || !Number.isFinite(seconds)) return leave(verlopen)
      dialog.toggleAttribute('data-maximum', seconds * SECOND <= warning)
      setEnd(Date.now() + seconds * SECOND)
      channel.postMessage({ end })
    } catch {
      dialog.toggleAttribute('data-mislukt', true)
    }
  }

  channel.addEventListener('message', ({ data }) => {
    if (data.end) setEnd(data.end)
    else leave(uitgelogd)
  })
  document.addEventListener('submit', (event) => {
    if (event.target.matches('[data-uitloggen]')) channel.postMessage({ uitgelogd: true })
  })
  document.addEventListener('visibilitychange', check)
  document.addEventListener('htmx:after:request', (event) => {
    const seconds = Number(event.detail.ctx.response.headers.get('Sessie-Resterend'))
    if (seconds > 0) {
      setEnd(Date.now() + seconds * SECOND)
      channel.postMessage({ end })
    }
  })
  dialog.querySelector('form[data-verlengen]').addEventListener('submit', extend)
  dialog.addEventListener('cancel', (event) => {
    // Escape means "stay": the same as the button, never a silent end.
    event.preventDefault()
    dialog.querySelector('form[data-verlengen]').requestSubmit()
  })
  channel.postMessage({ end })
  check()
}

function showTime(dialog, left) {
  const minutes = Math.ceil(left / (60 * SECOND))
  const heading = dialog.querySelector('h2')
  const text = minutes <= 1 ? dialog.dataset.tekstEen : dialog.dataset.tekstMeer.replace('{minuten}', minutes)
  if (heading.textContent !== text) heading.textContent = text
}
