export { canonicalHash, canonicalJson } from '../canonical-json.ts';
