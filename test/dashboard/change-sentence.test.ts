import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeSentence } from '../../src/dashboard/pages/change-sentence.ts';

const ids = ['1', '2'];
const sentences: readonly (readonly [method: string, target: unknown, sentence: string])[] = [
  ['modifyMessages', { ids, addLabelIds: [], removeLabelIds: ['UNREAD'] }, 'Mark 2 messages as read'],
  ['modifyMessages', { ids: ['1'], addLabelIds: ['UNREAD'] }, 'Mark 1 message as unread'],
  ['modifyMessages', { ids, removeLabelIds: ['INBOX'] }, 'Archive 2 messages'],
  ['modifyMessages', { ids, addLabelIds: ['TRASH'], removeLabelIds: ['INBOX'] }, 'Move 2 messages to the trash'],
  ['modifyMessages', { ids, removeLabelIds: ['TRASH'] }, 'Take 2 messages out of the trash'],
  [
    'modifyMessages',
    { ids, addLabelIds: ['STARRED', 'Label_7'], removeLabelIds: ['UNREAD'] },
    'Add STARRED, Label_7 and remove UNREAD on 2 messages',
  ],
  ['modifyMessages', { ids, removeLabelIds: ['Label_7'] }, 'Remove Label_7 on 2 messages'],
  ['createLabel', { name: 'Projects' }, 'Create label “Projects”'],
  ['updateLabel', { id: 'Label_7', name: 'Work' }, 'Change label “Work”: id Label_7'],
  ['deleteMessages', { ids }, 'Delete messages: 2 ids'],
  [
    'sendDraft',
    { outboxId: 'x', contentHash: 'y', to: ['ann@example.org'], cc: [], bcc: [], subject: 'Hi\u202e' },
    'Send draft “Hi”: to ann@example.org',
  ],
  ['createSendAs', { email: 'me@example.org' }, 'Create send as “me@example.org”'],
  ['createToken', { name: 'helper', grants: ['read', 'draft', 'send', 'admin'] }, 'Create token “helper”: 4 grants'],
  ['removeLogin', null, 'Remove login'],
];

for (const [method, target, sentence] of sentences) {
  test(`${method} ${JSON.stringify(target)} is told as: ${sentence}`, () => {
    assert.equal(changeSentence(method, target), sentence);
  });
}
