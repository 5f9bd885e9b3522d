/** Towline's version. Its one home is package.json; a bundle carries it. */
import about from '../package.json' with { type: 'json' };

export const version: string = about.version;
