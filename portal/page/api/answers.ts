/** What the API answers: types of the server's own description. */
export type * from '../../api/types.generated.ts';
