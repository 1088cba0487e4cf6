// Sends a chosen file at once and shows how far it is. htmx does the rest: the same answer as for the button.
const HALF = 50

/** fetch() cannot tell how much was sent; XMLHttpRequest can. The answer is a Response all the same. */
function send(url, request, onProgress) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open(request.method, url)
    for (const [name, value] of Object.entries(request.headers)) xhr.setRequestHeader(name, value)
    xhr.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(Math.floor((100 * event.loaded) / event.total))
    })
    xhr.addEventListener('load', () => resolve(new Response(xhr.responseText, { status: xhr.status, headers: headersOf(xhr) })))
    for (const name of ['error', 'abort', 'timeout']) xhr.addEventListener(name, () => reject(new Error(name)))
    request.signal?.addEventListener('abort', () => xhr.abort())
    xhr.send(request.body)
  })
}

function headersOf(xhr) {
  const lines = xhr.getAllResponseHeaders().trim().split(/\r?\n/)
  return lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
}

/** Shows the bar, and says aloud only where it begins, the half and the end. */
function progressOf(block) {
  const bar = block.querySelector('progress')
  const region = document.getElementById('aankondiging')
  const said = new Set()
  return (percent) => {
    bar.closest('[data-voortgang]').hidden = false
    bar.value = percent
    bar.textContent = `${percent}%`
    const moment = percent >= 100 ? 100 : percent >= HALF ? HALF : 0
    if (said.has(moment)) return
    said.add(moment)
    if (region) region.textContent = block.dataset.tekst.replace('{procent}', moment)
  }
}

/** Only the file of this field goes along: others wait for their own turn. */
function keepOwnFile(body, block) {
  const own = block.querySelector('input[type="file"]').name
  for (const [name, value] of [...body]) if (value instanceof File && name !== own) body.delete(name)
}

/** Says so before sending instead of after it; the server judges all the same. */
function isTooLarge(block) {
  const input = block.querySelector('input[type="file"]')
  const tooLarge = [...input.files].some((file) => file.size > Number(block.dataset.max))
  const sentence = block.querySelector('[data-te-groot]')
  sentence.hidden = !tooLarge
  if (tooLarge) {
    input.value = ''
    const region = document.getElementById('aankondiging')
    if (region) region.textContent = sentence.textContent.trim()
  }
  return tooLarge
}

export function followUploads() {
  document.addEventListener('htmx:config:request', (event) => {
    const { ctx } = event.detail
    const block = ctx.sourceElement
    if (block.dataset.upload === undefined) return
    if (isTooLarge(block)) return event.preventDefault()
    keepOwnFile(ctx.request.body, block)
    const onProgress = progressOf(block)
    ctx.fetch = (url, request) => {
      onProgress(0)
      return send(url, request, onProgress)
    }
  })
  document.addEventListener('htmx:finally:request', (event) => {
    const { ctx } = event.detail
    const block = document.getElementById(ctx.sourceElement.id)
    if (ctx.sourceElement.dataset.upload === undefined || !block) return
    block.querySelector('[data-voortgang]').hidden = true
    if (ctx.response) block.querySelector('input[type="file"]').value = ''
  })
}
