#!/bin/sh
# Builds static/css, static/fonts and templates/_icons from the locked npm packages.
# With --check it builds elsewhere and fails where the committed files differ.
set -eu
cd "$(dirname "$0")/.."

[ -d node_modules ] || npm install --no-save --no-fund --no-audit
out=.
if [ "${1:-}" = "--check" ]; then
    out=$(mktemp -d)
    trap 'rm -rf "$out"' EXIT
fi
mkdir -p "$out/static/css" "$out/static/fonts" "$out/templates/_icons"

npx --no-install tailwindcss -i marketplace/assets/css/site.css -o "$out/static/css/site.css" --minify
fonts=node_modules/@fontsource-variable
cp "$fonts/inter/files/inter-latin-wght-normal.woff2" "$out/static/fonts/inter-latin.woff2"
cp "$fonts/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2" \
    "$out/static/fonts/jetbrains-mono-latin.woff2"
cat "$fonts/inter/LICENSE" "$fonts/jetbrains-mono/LICENSE" > "$out/static/fonts/LICENSE.txt"
node marketplace/assets/icons.mjs "$out/templates/_icons"

[ "$out" = . ] && exit 0
for folder in static/css static/fonts templates/_icons; do
    diff -rq "$out/$folder" "$folder" || {
        echo "The committed assets are not what their sources build. Run: npm run build" >&2
        exit 1
    }
done
echo "The committed assets are what their sources build."
