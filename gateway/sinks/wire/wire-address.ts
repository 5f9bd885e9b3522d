/** Where a sink sends to: `host:port`, with brackets around an IPv6 address. */
export interface WireAddress {
  readonly host: string;
  readonly port: number;
}

/** @param address as the schema of gateway.yaml allows it */
export function wireAddress(address: string): WireAddress {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}
