/** What cases may count on besides their own set-up: these schemas, the role clerk, the tablespace spare, the access method heap_too. */
export const surroundings = 'create schema archive; create schema ext;';
