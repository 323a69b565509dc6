/** The directory of package.json: two levels above the source, three above the compiled file. */
export const projectRoot = import.meta.dirname.replace(/[\\/](?:dist[\\/])?examples[\\/]pendigits$/, '');
