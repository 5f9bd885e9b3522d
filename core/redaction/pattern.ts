/** What looks like something that should stay on the device, by name. */
export const patternNames = [
  'bearer',
  'credentials',
  'credit-card',
  'email',
  'iban',
  'ipv4',
  'jwt',
  'private-key',
  'url-password',
] as const;
export type PatternName = (typeof patternNames)[number];
