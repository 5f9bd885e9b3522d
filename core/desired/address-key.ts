/** One text for each address: `::1` and `0:0::1` are one. What is no address stays as it is. */
export function addressKey(address: string): string {
  const url = address.includes(':') ? `http://[${address}]` : `http://${address}`;
  return URL.canParse(url) ? new URL(url).hostname : address;
}
