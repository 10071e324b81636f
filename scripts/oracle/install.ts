import { findServer, installServer, serverMajors } from '../../src/trace/binaries.js';

const wanted = process.argv.slice(2).map(Number);
for (const major of wanted.length > 0 ? wanted : serverMajors) {
  const found = (await findServer(major)) ?? (await installServer(major));
  console.log(`PostgreSQL ${major}: ${found.bin}`);
}
