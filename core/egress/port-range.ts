export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

/** `80`, `8000-8010`. @returns undefined for what is neither */
export function portRange(text: string): PortRange | undefined {
  const [, from = '', to = from] = /^([0-9]{1,5})(?:-([0-9]{1,5}))?$/.exec(text) ?? [];
  const range = { from: Number(from), to: Number(to) };
  return from !== '' && isPort(range.from) && isPort(range.to) && range.from <= range.to ? range : undefined;
}
