// The script of pages without a session.
import { startPage } from './pagina.js'

startPage()
