/** What root lists of a version, as text; its parts are made up. */

/** @param mark one hexadecimal digit: other bytes for another one */
export const listed = (mark = '1'): string =>
  [
    'apiVersion: towline/v1',
    'stateFormat: 1',
    `install: { sha256: "${mark.repeat(64)}", bytes: 9123 }`,
    'platforms:',
    '  linux/amd64:',
    '    parts:',
    `      - { name: node, sha256: "a${mark.repeat(63)}", bytes: 41234567 }`,
    `      - { name: agent, sha256: "b${mark.repeat(63)}", bytes: 2345678 }`,
    '  linux/arm/v7:',
    '    parts:',
    `      - { name: agent, sha256: "c${mark.repeat(63)}", bytes: 2345678 }`,
    '',
  ].join('\n');
