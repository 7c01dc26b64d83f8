// The picture in the book is what the server says today.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { draw, PICTURE } from "./picture/draw.mjs";

test("the picture in the book is current", async () => {
  const kept = await readFile(PICTURE, "utf8");
  const now = await draw();
  for (const said of ["✓ proved", "✗ broken by put", "gas ", "Run test", "E0706"]) assert.ok(now.includes(said), said);
  assert.ok(kept === now, "it is not: `npm run picture` draws it anew");
});
