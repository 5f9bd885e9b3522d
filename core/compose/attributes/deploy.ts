import type { Shape } from '../shape/shape.ts';
import * as form from './forms.ts';

const { listOf, struct, text } = form;

const update: Shape = struct({
  parallelism: { ...form.integer, print: 'optional-unsigned' },
  delay: { ...text, print: 'duration' },
  failure_action: text,
  monitor: { ...text, print: 'duration' },
  max_failure_ratio: { ...form.number, cast: 'float', print: 'single-float' },
  order: { ...text, oneOf: ['start-first', 'stop-first'] },
});

const cpus: Shape = { types: ['number', 'string'], print: 'nano-cpus' };
const memory: Shape = { types: ['string'], print: 'bytes' };

const genericResource = struct({
  discrete_resource_spec: struct({
    kind: { ...text, always: true },
    value: { types: ['number', 'string'], print: 'integer', always: true },
  }),
});

/** How a service is deployed: replicas and resources are an engine's, the rest a swarm's. */
export const deploy: Shape = struct(
  {
    mode: text,
    endpoint_mode: text,
    replicas: { ...form.integer, print: 'optional-integer' },
    labels: form.labels,
    rollback_config: update,
    update_config: update,
    resources: struct(
      {
        limits: struct({ cpus, memory, pids: { types: ['integer', 'string'], print: 'integer' } }),
        reservations: struct({
          cpus,
          memory,
          generic_resources: listOf(genericResource),
          devices: listOf(form.deviceRequest),
        }),
      },
      { print: 'struct' },
    ),
    restart_policy: struct({
      condition: text,
      delay: form.duration,
      max_attempts: { ...form.integer, print: 'optional-unsigned' },
      window: form.duration,
    }),
    placement: struct(
      {
        constraints: form.texts,
        preferences: listOf(struct({ spread: text })),
        max_replicas_per_node: { ...form.integer, print: 'unsigned' },
      },
      { print: 'struct' },
    ),
  },
  { types: ['mapping', 'null'] },
);
