// Copies the icons named in icons.txt from lucide, each as one line of SVG with class "icon".
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const target = process.argv[2];
const names = readFileSync(new URL("icons.txt", import.meta.url), "utf8").split("\n").filter(Boolean);
const source = "node_modules/lucide-static/icons";
const opening =
  '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ' +
  'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">';

mkdirSync(target, { recursive: true });
for (const old of readdirSync(target)) rmSync(join(target, old));
for (const name of names) {
  const svg = readFileSync(join(source, `${name}.svg`), "utf8");
  const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  const shapes = body.split("\n").map((line) => line.trim()).join("");
  writeFileSync(join(target, `${name}.svg`), `${opening}${shapes}</svg>\n`);
}
writeFileSync(join(target, "LICENSE.txt"), readFileSync("node_modules/lucide-static/LICENSE"));
