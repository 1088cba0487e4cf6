// One build step: theme tokens + component CSS + script + fonts + icons -> static/dist, hashed names, manifest.
// `THEMA=path/to/other.json node build.mjs` builds another municipality's theme. See docs/theme.md.
import * as esbuild from 'esbuild'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { PurgeCSS } from 'purgecss'
import subsetFont from 'subset-font'

const OUT = 'static/dist'
const STEPS = ['50', '100', '200', '300', '400', '500', '600', '700']
const SCRIPTS = ['publiek', 'portaal', 'formulier', 'kaart'] // formulier and kaart only on the pages that need them
const TARGETS = ['es2022', 'chrome109', 'firefox115', 'safari16.4']
const TOKEN_SOURCE = 'node_modules/@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css'

const readText = (file) => fs.readFileSync(file, 'utf8')
const readJson = (file) => JSON.parse(readText(file))
const references = (css) => [...css.matchAll(/var\(\s*(--[\w-]+)/g)].map((match) => match[1])

function filesUnder(dir, extension) {
  return fs
    .readdirSync(dir, { recursive: true })
    .filter((name) => name.endsWith(extension))
    .map((name) => path.join(dir, name))
    .sort()
}

// --- tokens -------------------------------------------------------------------------------------------------------

/** Every token of the reference theme, with the palette, roles and basis values of our theme put in. */
function declarations(theme) {
  const source = readText(TOKEN_SOURCE)
  const tokens = new Map(
    [...source.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((m) => [m[1], m[2].replace(/\/\*.*?\*\//g, '').trim()])
  )
  const hues = new Set([...tokens.keys()].map((n) => n.match(/^--voorbeeld-kleuren-([a-z]+)-50$/)?.[1]).filter(Boolean))
  for (const hue of hues) {
    if (!theme.kleuren[theme.map[hue]]) throw new Error(`thema: geen kleur voor "${hue}" in map`)
    for (const step of STEPS) tokens.set(`--voorbeeld-kleuren-${hue}-${step}`, `var(--kleur-${theme.map[hue]}-${step})`)
  }
  tokens.set('--voorbeeld-kleuren-wit', 'var(--kleur-wit)')
  for (const [role, hue] of Object.entries(theme.rollen)) giveRole(tokens, role, hue)
  for (const [name, value] of Object.entries(theme.basis)) tokens.set(`--basis-${name}`, value)
  return tokens
}

/** Let a role (accent-2, …) use a hue of its own, with the same steps as accent-1. */
function giveRole(tokens, role, hue) {
  for (const [name, value] of [...tokens]) {
    if (!name.startsWith('--basis-color-accent-1-')) continue
    tokens.set(name.replace('accent-1', role), value.replace(/kleuren-[a-z]+-(\d+)/, `kleuren-${hue}-$1`))
  }
  for (const step of STEPS) tokens.set(`--voorbeeld-kleuren-${hue}-${step}`, `var(--kleur-${hue}-${step})`)
}

function paletteLines(palette) {
  const lines = [`--kleur-wit:${palette.wit}`]
  for (const [hue, steps] of Object.entries(palette)) {
    if (hue !== 'wit') for (const step of STEPS) lines.push(`--kleur-${hue}-${step}:${steps[step]}`)
  }
  return lines
}

/** Only the tokens the CSS reaches, each written out down to a palette colour or a value that dark mode changes. */
function themeCss(css, theme) {
  const tokens = declarations(theme)
  const variable = new Set(Object.keys(theme['basis-donker']).map((name) => `--basis-${name}`))
  const resolve = (value, depth = 0) =>
    value.replace(/var\(\s*(--[\w-]+)\s*\)/g, (whole, name) => {
      if (depth > 20) throw new Error(`token verwijst naar zichzelf: ${name}`)
      return variable.has(name) || !tokens.has(name) ? whole : resolve(tokens.get(name), depth + 1)
    })
  const own = new Set([...css.matchAll(/(--[\w-]+)\s*:/g)].map((match) => match[1]))
  const used = [...new Set([...references(css), ...variable])].filter((name) => tokens.has(name) && !own.has(name)).sort()
  const light = [...paletteLines(theme.kleuren), ...used.map((name) => `${name}:${resolve(tokens.get(name))}`)]
  const dark = [
    ...paletteLines(theme['kleuren-donker']),
    ...Object.entries(theme['basis-donker']).map(([name, value]) => `--basis-${name}:${value}`),
  ]
  const text =
    `.portaal-thema{color-scheme:light dark;${light.join(';')}}` +
    `@media screen and (prefers-color-scheme:dark){.portaal-thema{${dark.join(';')}}}`
  return esbuild.transformSync(text, { loader: 'css', minify: true }).code
}

// --- css, script, icons -------------------------------------------------------------------------------------------

/** Drop the rules whose class names stand in no template. `name--{{ variant }}` keeps every variant of `name--`. */
async function purge(css) {
  const content = [...filesUnder('templates', '.html'), ...filesUnder('assets/js', '.js')]
  const variants = content.flatMap((file) => [...readText(file).matchAll(/([\w-]+--)\{[{%]/g)].map((m) => new RegExp(`^${m[1]}`)))
  const [result] = await new PurgeCSS().purge({
    content: content.map((file) => ({ raw: readText(file), extension: 'html' })),
    css: [{ raw: css }],
    defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
    safelist: { standard: [/^htmx-/, ...variants], deep: [], greedy: [] },
  })
  return esbuild.transformSync(result.css, { loader: 'css', minify: true, target: TARGETS }).code
}

/** One sprite from the outline icons that assets/icons.json names; on its own it shows the mark, for the browser's tab. */
function sprite() {
  const symbols = Object.entries(readJson('assets/icons.json')).map(([name, source]) => {
    const svg = readText(`node_modules/@tabler/icons/icons/outline/${source}.svg`)
    const shapes = svg.replace(/<!--[\s\S]*?-->/g, '').match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s+/g, ' ').trim()
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`
  })
  return readText('static/favicon.svg').trim().replace('</svg>', `${symbols.join('')}</svg>`)
}

/** The letters of Dutch and its neighbours; rarer ones come from the latin-ext files, only when a page has them. */
const LETTERS = [
  [0x20, 0x7e],
  [0xa0, 0xff],
]
const SIGNS = 'ıŒœ–—‘’‚“”„•…€→−\u2009\u202f'

const smallFonts = {
  name: 'small-fonts',
  setup(build) {
    build.onLoad({ filter: /-latin-\d+-normal\.woff2$/ }, async ({ path: file }) => {
      const ranges = LETTERS.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)))
      const options = { targetFormat: 'woff2', noLayoutClosure: true }
      return { contents: await subsetFont(fs.readFileSync(file), ranges.join('') + SIGNS, options), loader: 'file' }
    })
  },
}

async function bundle() {
  const result = await esbuild.build({
    entryPoints: { app: 'assets/css/app.css', ...Object.fromEntries(SCRIPTS.map((name) => [name, `assets/js/${name}.js`])) },
    bundle: true,
    write: false,
    outdir: OUT,
    target: TARGETS,
    format: 'iife',
    minify: true,
    legalComments: 'none',
    loader: { '.woff2': 'file', '.png': 'empty' }, // the pictures of Leaflet are for controls that we do not show
    plugins: [smallFonts],
    assetNames: '[name]-[hash]',
    logLevel: 'warning',
  })
  return new Map(result.outputFiles.map((file) => [path.basename(file.path), Buffer.from(file.contents)]))
}

// --- notices ------------------------------------------------------------------------------------------------------

function notices() {
  const texts = new Map()
  for (const name of Object.keys(readJson('package.json').dependencies).sort()) {
    const dir = path.join('node_modules', name)
    const meta = readJson(path.join(dir, 'package.json'))
    const file = fs.readdirSync(dir).find((entry) => /^licen[sc]e/i.test(entry))
    const text = file ? readText(path.join(dir, file)).trim() : '(see the licence named above)'
    const users = texts.get(text) ?? []
    texts.set(text, [...users, `${name} ${meta.version} (${meta.license})`])
  }
  const parts = [...texts].map(([text, users]) => `${users.join('\n')}\n\n${text}\n`)
  return `The files in this folder contain parts of these packages.\n\n${parts.join(`\n${'-'.repeat(100)}\n\n`)}`
}

// --- writing ------------------------------------------------------------------------------------------------------

const manifest = {}

function writeHashed(name, data) {
  const extension = path.extname(name)
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 10)
  const file = `${name.slice(0, -extension.length)}.${hash}${extension}`
  manifest[name] = file
  fs.writeFileSync(path.join(OUT, file), data)
  fs.writeFileSync(path.join(OUT, `${file}.gz`), zlib.gzipSync(data, { level: 9 }))
  const brotli = zlib.brotliCompressSync(data)
  fs.writeFileSync(path.join(OUT, `${file}.br`), brotli)
  console.log(name.padEnd(12), String(data.length).padStart(7), 'brotli', brotli.length)
}

const theme = readJson(process.env.THEMA ?? 'assets/tokens/deventer.json')
fs.rmSync(OUT, { recursive: true, force: true })
fs.mkdirSync(OUT, { recursive: true })
const bundled = await bundle()
const components = await purge(bundled.get('app.css').toString())
const banner = '/*! Bevat componenten van NL Design System (EUPL-1.2): zie THIRD-PARTY-NOTICES.txt */\n'
writeHashed('app.css', Buffer.from(banner + themeCss(components, theme) + components))
for (const name of SCRIPTS) writeHashed(`${name}.js`, bundled.get(`${name}.js`))
writeHashed('kaart.css', bundled.get('kaart.css'))
writeHashed('icons.svg', Buffer.from(sprite()))
for (const [name, data] of bundled) {
  if (!name.endsWith('.woff2')) continue
  manifest[name.replace(/-[A-Z0-9]{8}\.woff2$/, '.woff2')] = name
  fs.writeFileSync(path.join(OUT, name), data)
}
fs.writeFileSync(path.join(OUT, 'THIRD-PARTY-NOTICES.txt'), notices())
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)))
fs.writeFileSync(path.join(OUT, 'manifest.json'), `${JSON.stringify(sorted, null, 1)}\n`)
