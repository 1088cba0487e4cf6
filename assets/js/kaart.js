// A map next to a place in words. It writes a point as GeoJSON into the field it belongs to, and nothing else.
// All of it works with the keyboard: arrows move the map, and a button puts the point in the middle.
import '../css/kaart.css'
import { control, divIcon, map as createMap, marker, tileLayer } from 'leaflet/dist/leaflet-src.esm.js'

const DECIMALS = 6

function readPoint(input) {
  try {
    const [length, width] = JSON.parse(input.value).coordinates
    return [Number(width), Number(length)]
  } catch {
    return null
  }
}

// points: what must all be in view; before the tiles, so that none is asked for in vain
function drawMap(host, point, points = []) {
  const { tegels, midden, zoom, tekstIn, tekstUit, label } = host.dataset
  const map = createMap(host, {
    attributionControl: false,
    center: point ?? midden.split(',').map(Number),
    zoom: Number(zoom) + (point ? 3 : 0),
    minZoom: 10,
    maxZoom: 19,
    scrollWheelZoom: false,
    zoomControl: false,
  })
  control.zoom({ zoomInTitle: tekstIn, zoomOutTitle: tekstUit }).addTo(map)
  if (points.length > 0) map.fitBounds(points, { maxZoom: 16, padding: [40, 40], animate: false })
  tileLayer(tegels, { maxZoom: 19 }).addTo(map)
  host.setAttribute('role', 'application')
  host.setAttribute('aria-label', label)
  return map
}

function start(block) {
  const host = block.querySelector('[data-kaart]')
  const input = document.getElementById(host.dataset.kaart)
  const status = block.querySelector('[role="status"]')
  const remove = block.querySelector('[data-punt-weg]')
  const icon = divIcon({ className: 'portaal-kaart__punt', iconSize: [32, 40], iconAnchor: [16, 40], html: block.querySelector('template').innerHTML })
  let pin

  function show(position) {
    if (pin) pin.setLatLng(position)
    else pin = marker(position, { icon, keyboard: false, interactive: false }).addTo(map)
    remove.hidden = false
  }

  function put({ lat, lng }) {
    show([lat, lng])
    input.value = JSON.stringify({ type: 'Point', coordinates: [Number(lng.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))] })
    status.textContent = host.dataset.tekstGezet
  }

  block.hidden = false
  host.dataset.gestart = ''
  const point = readPoint(input)
  const map = drawMap(host, point)
  if (point) show(point)
  map.on('click', (event) => put(event.latlng))
  block.querySelector('[data-punt-midden]').addEventListener('click', () => put(map.getCenter()))
  remove.addEventListener('click', () => {
    pin.remove()
    pin = undefined
    input.value = ''
    remove.hidden = true
    status.textContent = host.dataset.tekstWeg
    host.focus()
  })
}

/** A map beside a list shows the places of that list; the list says the same in words. */
function startList(block) {
  const host = block.querySelector('[data-tegels]')
  const icon = divIcon({ className: 'portaal-kaart__punt', iconSize: [32, 40], iconAnchor: [16, 40], html: block.querySelector('template').innerHTML })
  block.hidden = false
  const items = [...document.querySelectorAll('[data-punt]')]
  const points = items.map((item) => item.dataset.punt.split(',').map(Number))
  const map = drawMap(host, null, points)
  items.forEach((item, number) => marker(points[number], { icon, keyboard: false, title: item.querySelector('h2').textContent }).addTo(map))
}

/** A question about a place may also come onto the page later. */
function startAll() {
  for (const block of document.querySelectorAll('[data-kaartblok]')) if (!block.querySelector('[data-gestart]')) start(block)
}

startAll()
for (const block of document.querySelectorAll('[data-kaartlijst]')) startList(block)
document.addEventListener('htmx:after:swap', startAll)
