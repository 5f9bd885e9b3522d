/** Where this `towline` lies: in a clone, or in the package that npm installs. */
import path from 'node:path';

const isBundle = import.meta.filename.endsWith('.js');

/** The folder with the template of a fleet and the schemas. On a device it has neither. */
export const packageFolder = isBundle ? import.meta.dirname : path.resolve(import.meta.dirname, '../..');

/** The command, as a hook starts it. */
export const towlineCommand = path.join(packageFolder, isBundle ? 'towline.cjs' : 'bin/towline');
