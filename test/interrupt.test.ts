import { expect, test } from 'vitest';
import { onExit, onInterrupt } from '../src/trace/interrupt.js';

test('a signal is left to the system as soon as there is nothing to tidy up', () => {
  const listening = () => ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'].map((event) => process.listenerCount(event));
  const before = listening();
  const more = before.map((count) => count + 1);
  const [first, second] = [onExit(() => {}), onInterrupt(async () => {})];
  expect(listening()).toEqual(more);
  first();
  expect(listening()).toEqual(more);
  second();
  expect(listening()).toEqual(before);
  onExit(() => {})();
  expect(listening()).toEqual(before);
});
