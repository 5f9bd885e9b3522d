import { defineErrors } from './definition.ts';

/** Files of a fleet repository, and what they say. */
export const fleetErrors = defineErrors({
  FLEET_YAML_SYNTAX: {
    cause:
      'The file is not YAML, or uses a construct that Towline refuses (more than one document, duplicate keys).',
    remedy: 'Correct the line that the message names.',
    next: 'wait-commit',
  },
  FLEET_SCHEMA: {
    cause: 'A value does not fit the schema of its file: wrong type, out of range, a required key missing.',
    remedy: 'Compare the value with docs/reference/files.md.',
    next: 'wait-commit',
  },
  FLEET_UNKNOWN_KEY: {
    cause: 'The file has a key that its schema does not know; mostly a slip of the pen.',
    remedy: 'Correct or remove the key. The message names the nearest one that exists.',
    next: 'wait-commit',
  },
});
