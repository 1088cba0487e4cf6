// After htmx changed a part of the page: keep focus, tell screen readers, and say so when it failed.
import { focusMarked } from './pagina.js'

function announce() {
  const text = document.querySelector('[data-aankondiging]')?.textContent.trim()
  const region = document.getElementById('aankondiging')
  if (text && region) region.textContent = text
}

/** Focus falls back to the body when its element was replaced; only then it is moved. */
function restoreFocus(target) {
  if (document.activeElement !== document.body) return
  const root = target?.isConnected ? target : document
  if (root.querySelector('[data-focus]')) focusMarked(root)
}

function showFailure() {
  const region = document.getElementById('netwerkmelding')
  const template = document.getElementById('netwerkfout')
  if (!region || !template) return
  region.replaceChildren(template.content.cloneNode(true))
  region.scrollIntoView({ block: 'nearest' })
}

export function followSwaps() {
  document.addEventListener('htmx:after:swap', (event) => {
    document.getElementById('netwerkmelding')?.replaceChildren()
    restoreFocus(event.detail.ctx.target)
    announce()
  })
  document.addEventListener('htmx:error', (event) => {
    if (event.detail.ctx) showFailure()
  })
}
