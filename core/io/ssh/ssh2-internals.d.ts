/** What ssh2 keeps to itself and `core/io/ssh/` reads: nothing else may. */
declare module 'ssh2/lib/protocol/crypto.js' {
  const crypto: { readonly bindingAvailable: boolean };
  export default crypto;
}
