// Fills static/build: our own files, what npm brought, the icon sprite cut down to the names that the templates use, each
// also as .gz and .br, and a short hash of everything as the version that templates put behind `?v=`.
// Run from the project's root: node static/build.mjs
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const OUT = 'static/build';

// Badges name their icon by tone (yx-ok: state-ok), so that templates need no table of their own.
const TONES = { ok: 'check-circle-fill', wait: 'hourglass-split', info: 'info-circle', off: 'dash-circle', bad: 'x-circle-fill' };
// Icons whose names programs put into templates; both tables must know them.
const BY_NAME = ['box-arrow-in-right', 'record-circle', 'pen', 'lock', 'unlock', 'patch-check', 'key', 'person', 'building',
	'laptop', 'phone', 'link-45deg', 'clock-history', 'envelope', 'shield-lock'];

function templates(folder) {
	return readdirSync(folder, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.tpl'))
		.map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8'))
		.join('\n');
}

function icons_used() {
	const names = new Set([...Object.values(TONES), ...BY_NAME]);
	for (const [, name, filled] of templates('templates').matchAll(/icons\.svg\?v=[^#"]*#([a-z0-9-]+)(\{\{#\w+\}\}-fill)?/g)) {
		if (name.endsWith('-') || name.startsWith('state-'))
			continue;
		names.add(name);
		if (filled)
			names.add(`${name}-fill`);
	}
	return [...names].sort();
}

function sprite() {
	const symbols = new Map();
	const whole = readFileSync('node_modules/bootstrap-icons/bootstrap-icons.svg', 'utf8');
	for (const [symbol, id] of whole.matchAll(/<symbol [^>]*id="([^"]+)"[\s\S]*?<\/symbol>/g))
		symbols.set(id, symbol);
	const take = (name, id) => {
		if (!symbols.has(name))
			throw new Error(`bootstrap-icons has no icon ${name}`);
		return symbols.get(name).replace(`id="${name}"`, `id="${id}"`);
	};
	const used = icons_used().map((name) => take(name, name));
	const tones = Object.entries(TONES).map(([tone, name]) => take(name, `state-${tone}`));
	return `<svg xmlns="http://www.w3.org/2000/svg">${used.concat(tones).join('')}</svg>\n`;
}

const own = (folder) => readdirSync(folder).sort().map((name) => [name, readFileSync(join(folder, name))]);
const files = new Map([
	['bootstrap.min.css', readFileSync('node_modules/bootstrap/dist/css/bootstrap.min.css', 'utf8').replace(/\n\/\*# sourceMappingURL.*\n?/, '\n')],
	['htmx.min.js', readFileSync('node_modules/htmx.org/dist/htmx.min.js')],
	['jsQR.js', readFileSync('node_modules/jsqr/dist/jsQR.js')],
	['icons.svg', sprite()],
	...own('static/css'), ...own('static/js'), ...own('static/img'),
]);

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const hash = createHash('sha256');
for (const [name, content] of files) {
	const bytes = Buffer.from(content);
	hash.update(name).update('\0').update(bytes);
	writeFileSync(join(OUT, name), bytes);
	writeFileSync(join(OUT, `${name}.gz`), gzipSync(bytes, { level: 9 }));
	writeFileSync(join(OUT, `${name}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
writeFileSync(join(OUT, 'version'), `${hash.digest('hex').slice(0, 10)}\n`);
