// Joins src/ into the one file that the hub widget carries. `--watch` rebuilds on every save.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const TARGET = "es2022";

/** Style sheets become strings, minified: the page gets no second file. hub.ts spells `.nbk ` and `.nbk-` out again: 4 kB. */
const cssAsText = {
  name: "css-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(await readFile(path, "utf8"), {
        loader: "css",
        minify: true,
        target: ["chrome110", "firefox115", "safari16"],
      });
      if (/[`?]/.test(code)) throw new Error(`${path} has a character that stands for another here`);
      const contents = code.replaceAll(".nbk ", "`").replaceAll(".nbk-", "?");
      return { contents, loader: "text", watchFiles: [path] };
    });
  },
};

/** Of marked its lexer is used. What ends its module makes all of its renderers one whole, used or not: 11 kB. */
const END = /var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse\([^]*export\{[^}]*?(\w+) as Lexer[^]*$/;
const onlyTheLexer = {
  name: "only-the-lexer",
  setup(build) {
    build.onLoad({ filter: /marked\.esm\.js$/ }, async ({ path }) => {
      const code = await readFile(path, "utf8");
      if (!END.test(code)) throw new Error(`${path} has another end now: see onlyTheLexer in build.mjs`);
      return { contents: code.replace(END, "export{$2 as Lexer};"), loader: "js" };
    });
  },
};

const options = {
  entryPoints: [here("src/hub.ts")],
  outfile: here("../nbkit/notebook/static/hub.js"),
  bundle: true,
  format: "esm",
  target: TARGET,
  minify: true,
  legalComments: "none",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [cssAsText, onlyTheLexer],
  logLevel: "info",
};

if (process.argv.includes("--watch")) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
}
