import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { project } from '../../../core/compose/attributes/project.ts';
import { attributeVerdicts } from '../../../core/compose/device/reference-table.ts';
import { attributeRows, composeReference } from '../../../scripts/generate/compose-reference.ts';

test('docs/reference/compose.md is what the table says', () => {
  const file = path.join(import.meta.dirname, '../../../docs/reference/compose.md');
  assert.equal(readFileSync(file, 'utf8'), composeReference());
});

test('every verdict is on an attribute that exists', () => {
  const known = new Set(attributeRows(project).map(row => row.path));
  assert.deepEqual(
    Object.keys(attributeVerdicts).filter(row => !known.has(row)),
    [],
  );
});
