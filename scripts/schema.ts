// Writes the JSON Schema of the configuration to the file that is named.
import { writeFileSync } from 'node:fs';
import * as z from 'zod';
import { rules } from '../rules/index.js';
import { configSchema } from '../src/config-schema.js';
import { frameworks } from '../src/frameworks/index.js';

const schema = configSchema({ rules, frameworks: frameworks.map(({ id }) => id) });
const json = { title: 'Lockkeeper configuration', ...z.toJSONSchema(schema, { io: 'input' }) };
writeFileSync(process.argv[2] ?? 'schema.json', `${JSON.stringify(json, null, 2)}\n`);
