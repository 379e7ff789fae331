/**
 * A process of its own on a mailbox, for tests: reads commands as JSON lines, answers each with JSON lines.
 * Arguments: the folder, and optionally the name of a file that cannot grow any more.
 */
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../src/core/errors.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { emailAddress, incoming } from './temporary-mailbox.ts';

const [folder = '', fullFile] = process.argv.slice(2);
