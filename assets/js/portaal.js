// The script of pages behind the login. All words come from the page, none are written here.
import 'htmx.org'
import { followSwaps } from './fragmenten.js'
import { startPage } from './pagina.js'
import { watchSession } from './sessie.js'

startPage()
followSwaps()
watchSession(document.getElementById('sessie'))
