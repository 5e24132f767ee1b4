// The free tree of an LMDB file: which pages may be written anew. A page that it names by mistake would be overwritten while in use.
//
//   value    count │ entry, …    i64 each: a page │ minus a length, then the first page of as many │ 0, nothing
import { CorruptionError } from "../../errors.js";

const ENTRY_BYTES = 8;
/** Pages 0 and 1 are never free. */
const FIRST_PAGE = 2;

export interface PageUse {
  /** Notes that the pages are in use, or are free. Throws CorruptionError when one was noted already, or is no page of the file. */
  note(firstPage: number, count: number): void;
}

/** At most one use for each page up to `lastPage`. */
export function pageUse(path: string, pageBytes: number, lastPage: number): PageUse {
  const noted = new Uint8Array(lastPage + 1);
  return {
    note(firstPage, count) {
      const isPage = Number.isSafeInteger(firstPage) && firstPage >= FIRST_PAGE && count > 0 && firstPage + count - 1 <= lastPage;
      if (!isPage)
        throw new CorruptionError(path, 0, `the catalog refers to pages ${firstPage} to ${firstPage + count - 1} of ${lastPage}`);
      for (let page = firstPage; page < firstPage + count; page++) {
        if (noted[page] === 1) throw new CorruptionError(path, page * pageBytes, `page ${page} of the catalog: used twice`);
        noted[page] = 1;
      }
    },
  };
}

/** Notes the pages that a value of the free tree names. False when it is no such value. */
export function noteFreePages(value: Buffer, use: PageUse): boolean {
  if (value.length < ENTRY_BYTES) return false;
  const count = Number(value.readBigInt64LE(0));
  if (count < 0 || (count + 1) * ENTRY_BYTES > value.length) return false;
  for (let index = 1; index <= count; index++) {
    const entry = Number(value.readBigInt64LE(index * ENTRY_BYTES));
    if (entry > 0) use.note(entry, 1);
    if (entry >= 0) continue;
    if (++index > count) return false;
    use.note(Number(value.readBigInt64LE(index * ENTRY_BYTES)), -entry);
  }
  return true;
}
