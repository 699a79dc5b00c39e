/** The page's only style; its hash is in the page's security policy. */
export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d8de, #3a3f47);
  --soft: light-dark(#f4f5f7, #1b1f24); --ink: light-dark(#1c2128, #e3e6ea);
  --page: light-dark(#fff, #111418); --link: light-dark(#0a58b0, #7db7ff); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
a { color: var(--link); }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
article { margin: 2.5rem 0; }
h3 { margin-bottom: 0; font-size: 1.05rem; overflow-wrap: anywhere; }
h4 { margin: 1rem 0 .25rem; font-size: .95rem; }
code, pre { font: .875rem/1.45 ui-monospace, monospace; }
code { background: var(--soft); padding: 0 .2em; border-radius: .2em; overflow-wrap: anywhere; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: .4em; padding: .6em;
  margin: .25rem 0; overflow: auto; max-height: 24rem; }
pre code { background: none; padding: 0; overflow-wrap: normal; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid var(--line);
  padding: .3rem .6rem .3rem 0; }
nav ul { columns: 14rem; padding-left: 1.2rem; }
summary { cursor: pointer; }
:target { scroll-margin-top: 1rem; outline: 2px solid var(--link); outline-offset: .4rem; }
`;
