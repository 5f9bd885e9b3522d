import assert from 'node:assert/strict';
import test from 'node:test';
import * as compiled from '../../schemas/validate.generated.js';
import { read, treeFiles } from './tree.ts';

const validators = new Map(Object.entries(compiled));

interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly $ref?: string;
  readonly properties?: Record<string, Schema>;
}

const names = treeFiles(file => /^schemas\/[a-z-]+\.schema\.json$/.test(file))
  .map(file => file.slice('schemas/'.length, -'.schema.json'.length))
  .filter(name => name !== 'common');

const schemaOf = (name: string) => JSON.parse(read(`schemas/${name}.schema.json`)) as Schema;

test('every schema has its compiled validator', () => {
  assert.deepEqual([...validators.keys()].sort(), [...names].sort());
});

for (const name of names) {
  test(`schema ${name}: title, description and examples that an editor shows; the examples are valid`, () => {
    const { title, description, examples = [] } = schemaOf(name);
    assert.ok(title && description);
    assert.ok(examples.length > 0, 'no example');
    const validate = validators.get(name);
    assert.ok(validate);
    for (const example of examples) {
      assert.ok(validate(structuredClone(example)), JSON.stringify(validate.errors));
    }
  });

  test(`schema ${name}: an unknown key is an error`, () => {
    const validate = validators.get(name);
    assert.ok(validate);
    const [example] = schemaOf(name).examples ?? [];
    assert.equal(validate({ ...(example as object), surprise: true }), false);
  });

  test(`schema ${name}: every key says what it is for`, () => {
    const silent = Object.entries(schemaOf(name).properties ?? {}).filter(
      ([, property]) => property.description === undefined && property.$ref === undefined,
    );
    assert.deepEqual(
      silent.map(([key]) => key),
      [],
    );
  });
}
