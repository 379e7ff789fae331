/** Levels of parts whose headers are asked for in lists: names of files that lie deeper are not listed. */
const partLevels = 8;

function partFields(levels: number): string {
  const own = 'mimeType,headers(name,value)';
  return levels === 0 ? own : `${own},parts(${partFields(levels - 1)})`;
}

const stateFields = 'id,threadId,labelIds,snippet,historyId,internalDate,sizeEstimate';

/** Of a message, what a list needs: headers and the names of files, but no texts (`fields` of a request). */
export const hitFields = `${stateFields},payload(${partFields(partLevels)})`;
/** The same of every message of a thread. */
export const threadHitFields = `id,messages(${hitFields})`;
