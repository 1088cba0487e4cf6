// The script of question pages. Nothing here is needed: without it every button does the same with a new page.
import { focusMarked } from './pagina.js'
import { countCharacters } from './tellers.js'
import { followUploads } from './uploads.js'

const POLLING_ENDS = 2 * 60 * 1000

/** Files travel with their own button only, not with an answer that shows or hides a question. */
function leaveFilesOut(body) {
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name)
}

const isFilledIn = (block) =>
  [...block.querySelectorAll('input[aria-required="true"]')].every((input) => input.value.trim())

const isStillBusy = (block) => block.querySelector('[data-bezig]') && performance.now() < POLLING_ENDS

/** A question is looked at on leaving only when it is filled in; asking whether it is done ends after two minutes. */
function followRequests() {
  document.addEventListener('htmx:config:request', (event) => {
    const { ctx } = event.detail
    const { nakijken, peilen, upload } = ctx.sourceElement.dataset
    if (nakijken !== undefined && !isFilledIn(ctx.sourceElement)) event.preventDefault()
    if (peilen !== undefined && !isStillBusy(ctx.sourceElement)) event.preventDefault()
    if (upload === undefined && ctx.request.body instanceof FormData) leaveFilesOut(ctx.request.body)
  })
}

function say(text) {
  const region = document.getElementById('aankondiging')
  if (text && region) region.textContent = text
}

/** Errors take the focus, as on a new page. A check on leaving a field never does: there it is said aloud. */
function followAnswers() {
  document.addEventListener('htmx:after:swap', (event) => {
    const { sourceElement, response } = event.detail.ctx
    const checked = sourceElement.dataset.nakijken
    if (checked === undefined && response?.status === 422) return focusMarked(document)
    const root = document.getElementById(checked === undefined ? 'vragen' : `vraag-${checked}`)
    const result = root?.querySelector('.utrecht-form-field-error-message:not([hidden]), [data-resultaat]')
    say(result?.textContent.trim().replace(/\s+/g, ' '))
  })
}

document.documentElement.classList.add('met-script')
followRequests()
followAnswers()
followUploads()
countCharacters()
