// How many characters are left: always to be seen, said aloud only near the end and after a pause in typing.
const NEAR_THE_END = 0.8
const PAUSE = 1000

/** Characters as the server counts them: composed, and each emoji or letter once. */
const length = (text) => [...text.normalize('NFC')].length

function sentence(counter, left) {
  const { tekstMeer, tekstEen, tekstTeveel } = counter.dataset
  const text = left < 0 ? tekstTeveel : left === 1 ? tekstEen : tekstMeer
  return text.replace('{aantal}', Math.abs(left))
}

export function countCharacters() {
  let timer

  function update(input) {
    const counter = document.querySelector(`[data-teller="${CSS.escape(input.id)}"]`)
    if (!counter) return
    const maximum = Number(counter.dataset.max)
    const used = length(input.value)
    const text = sentence(counter, maximum - used)
    counter.hidden = false
    counter.textContent = text
    counter.classList.toggle('portaal-teller--teveel', used > maximum)
    clearTimeout(timer)
    if (document.activeElement === input && used >= NEAR_THE_END * maximum) timer = setTimeout(() => say(text), PAUSE)
  }

  function updateAll() {
    for (const counter of document.querySelectorAll('[data-teller]')) {
      const input = document.getElementById(counter.dataset.teller)
      if (input) update(input)
    }
  }

  document.addEventListener('input', (event) => update(event.target))
  document.addEventListener('htmx:after:swap', updateAll)
  updateAll()
}

function say(text) {
  const region = document.getElementById('aankondiging')
  if (region) region.textContent = text
}
