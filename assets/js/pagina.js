// What every page needs: nothing from the back button's memory, focus on what is new, and the hand-over form.

/** Pages a browser kept in memory may belong to a session that ended since: ask the server again. */
function reloadWhenKept() {
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) window.location.reload()
  })
}

/** Put focus on the first error summary or alert that asks for it. */
export function focusMarked(root) {
  root.querySelector('[data-focus]')?.focus()
}

/** The page that hands over to the login service goes on by itself; its button is for when this does not run. */
function submitHandOver() {
  document.querySelector('form[data-autosubmit]')?.submit()
}

/** "Print" buttons exist only where there is script to make them work. */
function showPrintButtons() {
  for (const button of document.querySelectorAll('[data-afdrukken]')) {
    button.hidden = false
    button.addEventListener('click', () => window.print())
  }
}

export function startPage() {
  reloadWhenKept()
  focusMarked(document)
  submitHandOver()
  showPrintButtons()
}
