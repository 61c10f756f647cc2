/** Of the reference page. Colours have a contrast of at least 4.5 on what they stand on. */
export const STYLE = `
:root {
  --text: #1b2330; --quiet: #56606e; --line: #dfe3e8; --page: #fff; --raised: #f5f7f9;
  --link: #0a58b8; --code: #101828; --mark: #fff6d8;
  --get: #0a58b8; --post: #11703a; --put: #8a5200; --patch: #6f3bb0; --delete: #b3261e;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #dde3ea; --quiet: #9aa5b3; --line: #2c343f; --page: #12161b; --raised: #1a2027;
    --link: #7db7ff; --code: #e6edf5; --mark: #322b12;
    --get: #7db7ff; --post: #6fd195; --put: #f0b35a; --patch: #c9a3f5; --delete: #ff938a;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 4.5rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
a { color: var(--link); text-underline-offset: .15em; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875em; }
p { margin: .5rem 0; }
p code, dd code { background: var(--raised); border-radius: 4px; padding: .1em .3em; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; z-index: 2; background: var(--page); padding: .25rem .5rem; }

header {
  position: sticky; top: 0; z-index: 1; display: flex; justify-content: space-between; gap: 1rem;
  padding: .5rem 1rem; background: var(--page); border-bottom: 1px solid var(--line);
}
header p { margin: 0; }
.title a { color: inherit; font-weight: 650; text-decoration: none; }
.media { color: var(--quiet); font-size: .875rem; font-weight: 400; }

nav { padding: .75rem 1rem; border-bottom: 1px solid var(--line); }
nav h2 { font-size: .9375rem; margin: 0; }
nav ul { display: none; list-style: none; margin: .25rem 0 1rem; padding: 0; }
nav section { display: inline-block; margin: .125rem .75rem .125rem 0; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
nav input {
  width: 100%; margin-bottom: .75rem; padding: .4rem .6rem; font: inherit; color: inherit;
  background: var(--raised); border: 1px solid var(--line); border-radius: 6px;
}

main { padding: 1rem; max-width: 78rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .5rem 0 1rem; }
h2 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 .25rem; }
h3 { font-size: 1.125rem; margin: 0; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
h4 { font-size: .9375rem; margin: 1.25rem 0 .25rem; }
main > p, main > pre, .group > p, .shapes > p, .words { max-width: 46rem; }
.group, .shapes { margin-top: 3rem; }
article { padding: 1.5rem 0; border-top: 1px solid var(--line); }
.group > p + article, .shapes > p + article { margin-top: 1rem; }
article:target h3 { background: var(--mark); }

.route { margin: .25rem 0 .75rem; }
.route code { overflow-wrap: anywhere; }
.method { font: 650 .8125rem/1 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); }
.patch { color: var(--patch); } .delete { color: var(--delete); }

.fields { margin: .25rem 0 0; border-top: 1px solid var(--line); }
.fields > div { padding: .4rem 0; border-bottom: 1px solid var(--line); }
dt code { font-weight: 650; color: var(--code); }
dt strong { color: var(--delete); font-size: .8125rem; font-weight: 500; }
dd { margin: 0; font-size: .9375rem; }
.limits { color: var(--quiet); font-size: .875rem; }
.type { color: var(--quiet); font-size: .875rem; overflow-wrap: anywhere; }
.variant { margin: .75rem 0 .25rem; }
.form { margin-top: 1rem; }
.signatures { list-style: none; margin: .25rem 0; padding: 0; }
.signatures li { padding: .2rem 0 .2rem 1.5rem; text-indent: -1.5rem; overflow-wrap: anywhere; }
details { margin-top: .75rem; }
summary { cursor: pointer; color: var(--quiet); font-size: .9375rem; }
pre {
  margin: .25rem 0; padding: .75rem 1rem; background: var(--raised); color: var(--code);
  border: 1px solid var(--line); border-radius: 8px; line-height: 1.5;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }

@media (min-width: 60rem) {
  body { display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
  header { grid-column: 1 / -1; padding: .75rem 1.5rem; }
  nav {
    position: sticky; top: 3.1rem; height: calc(100vh - 3.1rem); overflow-y: auto;
    padding: 1rem 1.5rem; border-bottom: 0; border-right: 1px solid var(--line);
  }
  nav section { display: block; margin: 0 0 .25rem; }
  nav ul { display: block; font-size: .9375rem; }
  nav li { padding: .1rem 0; line-height: 1.4; }
  nav li a { color: var(--quiet); }
  main { padding: 1.5rem 2.5rem 4rem; }
}
@media (min-width: 82rem) {
  .group article { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 26rem); gap: 2.5rem; }
  .example h4 { margin-top: 0; }
  .example pre { position: sticky; top: 4.5rem; }
}
`;
