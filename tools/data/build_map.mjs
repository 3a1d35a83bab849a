#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// Builds the dashboard's base maps, world.svg and east-asia.svg: land only, no borders.
//
// Usage: build_map.mjs NODE_MODULES OUT
//
// The projection is equirectangular, and each map says what a page needs to place a dot with two
// multiplications: x = (lon - lon0) * k, y = (lat1 - lat) * k.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [modules, out] = process.argv.slice(2);
const { feature } = createRequire(path.resolve(modules, 'x.js'))('topojson-client');
const geo = await import(path.resolve(modules, 'd3-geo/dist/d3-geo.mjs'));

function land(resolution) {
  const file = path.join(modules, `world-atlas/land-${resolution}.json`);
  const topology = JSON.parse(readFileSync(file, 'utf8'));
  return feature(topology, topology.objects.land);
}

// k: pixels per degree
function build(name, [lon0, lon1, lat0, lat1], k, resolution) {
  const width = (lon1 - lon0) * k;
  const height = (lat1 - lat0) * k;
  const projection = geo.geoEquirectangular()
    .scale(k * 180 / Math.PI)
    .translate([-lon0 * k, lat1 * k])
    .clipExtent([[0, 0], [width, height]]);
  const outline = geo.geoPath(projection).digits(0)(land(resolution));
  const box = `0 0 ${Math.round(width)} ${Math.round(height)}`;
  const data = `data-lon0="${lon0}" data-lat1="${lat1}" data-k="${k}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" ${data}>` +
    `<path d="${outline}"/></svg>\n`;
  writeFileSync(path.join(out, name), svg);
}

build('world.svg', [-180, 180, -58, 84], 4, '110m');
build('east-asia.svg', [70, 140, 14, 56], 12, '50m');
