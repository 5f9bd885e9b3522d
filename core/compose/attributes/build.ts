import type { Shape } from '../shape/shape.ts';
import * as form from './forms.ts';

const { listOf, struct, text, texts } = form;

/** How an image is built. The model takes it; no device builds. */
export const build: Shape = struct(
  {
    context: { ...text, path: 'context' },
    dockerfile: text,
    dockerfile_inline: text,
    entitlements: texts,
    args: form.environment,
    ssh: {
      types: ['list', 'mapping'],
      items: { types: ['string'] },
      uniqueItems: true,
      named: { pattern: /.+/, shape: { types: ['string', 'number', 'boolean', 'null'], path: 'host' } },
      closed: true,
      canonical: 'ssh',
      print: 'ssh',
    },
    labels: form.labels,
    cache_from: texts,
    cache_to: texts,
    no_cache: form.flag,
    additional_contexts: {
      ...form.listOrMapping,
      index: 'key-value',
      canonical: 'key-value',
      print: 'mapping',
      named: { pattern: /.+/, shape: { types: ['string', 'number', 'boolean', 'null'], path: 'context' } },
    },
    network: text,
    provenance: { types: ['string', 'boolean'], canonical: 'text', print: 'text' },
    sbom: { types: ['string', 'boolean'], canonical: 'text', print: 'text' },
    pull: form.flag,
    target: text,
    shm_size: { types: ['integer', 'string'], print: 'bytes' },
    extra_hosts: form.extraHosts,
    isolation: text,
    privileged: form.flag,
    secrets: listOf(form.fileMount),
    tags: { ...texts, index: 'key-value' },
    ulimits: {
      ...form.ulimits,
      named: {
        pattern: /^[a-z]+$/,
        shape: struct(
          { hard: form.integerOrText, soft: form.integerOrText },
          { types: ['integer', 'string', 'mapping'], canonical: 'ulimit', required: ['soft', 'hard'] },
        ),
      },
    },
    platforms: texts,
  },
  { types: ['string', 'mapping'], merge: 'build', canonical: 'build', preset: 'build' },
);
