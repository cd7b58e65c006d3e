/** The two places where users keep documents: SSM parameters, and items of the table that the CLI puts. */
import { ConflictError } from '../../model/errors.ts';
import type { DocumentKind } from '../../model/published-document.ts';
import { compareText } from '../../model/stable-json.ts';
import type { DocumentSource, SourceDocument } from '../../ports/document-source.ts';
import type { DocumentStore, DocumentText, KeptDocument } from '../../ports/document-store.ts';
import type { SsmParameters, StoredParameter } from './ssm.ts';
import type { Item } from './table/attributes.ts';
import { bodyAttributes, bodyOf, fits, packedBody } from './table/body.ts';
import { DOCUMENTS, documentSk } from './table/keys.ts';
import type { Table } from './table/table.ts';

/** Folder of each kind below the documents' path. */
export const FOLDERS: Readonly<Record<DocumentKind, string>> = {
  EC2NodeClass: 'nodeclasses',
  NodePool: 'nodepools',
};

const KINDS = Object.keys(FOLDERS) as DocumentKind[];

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const PARAMETER_MAX_BYTES = 8_192;

/**
 * Parameters `<path>/nodepools/<name>` and `<path>/nodeclasses/<name>`. SSM has no conditional overwrite: an edit that
 * comes within the moment between looking and writing is replaced, and stays readable in the parameter's history.
 */
export class SsmDocumentSource implements DocumentStore {
  readonly #parameters: SsmParameters;
  readonly #path: string;

  constructor(options: { readonly parameters: SsmParameters; readonly path: string }) {
    this.#parameters = options.parameters;
    this.#path = options.path;
  }

  async list(): Promise<readonly KeptDocument[]> {
    const documents: KeptDocument[] = [];
    for (const kind of KINDS) {
      const folder = this.#folder(kind);
      for (const parameter of await this.#parameters.list(folder)) {
        const name = parameter.name.slice(folder.length + 1);
        const origin = this.originOf(kind, name);
        documents.push({ kind, name, origin, text: parameter.value, revision: revisionOf(parameter) });
      }
    }
    return documents;
  }

  originOf(kind: DocumentKind, name: string): string {
    return `ssm:${this.#parameter(kind, name)}`;
  }

  refusal({ kind, name, text }: DocumentText): string | undefined {
    const bytes = Buffer.byteLength(text);
    if (bytes <= PARAMETER_MAX_BYTES) return undefined;
    return `${kind} "${name}" has ${bytes} bytes and an SSM parameter holds ${PARAMETER_MAX_BYTES}: keep it in the table`;
  }

  async put({ kind, name, text }: DocumentText, before: KeptDocument | undefined): Promise<void> {
    const parameter = this.#parameter(kind, name);
    if (before === undefined) {
      if (!(await this.#parameters.create(parameter, text))) throw await this.#conflict(kind, name);
      return;
    }
    await this.#assertUnchanged(before);
    await this.#parameters.put(parameter, text);
  }

  async remove(kept: KeptDocument): Promise<void> {
    const parameter = this.#parameter(kept.kind, kept.name);
    if ((await this.#parameters.get(parameter)) === undefined) return;
    await this.#assertUnchanged(kept);
    await this.#parameters.remove(parameter);
  }

  async #assertUnchanged({ kind, name, revision }: KeptDocument): Promise<void> {
    const found = await this.#parameters.get(this.#parameter(kind, name));
    if (found === undefined || revisionOf(found) !== revision) throw await this.#conflict(kind, name);
  }

  async #conflict(kind: DocumentKind, name: string): Promise<ConflictError<KeptDocument>> {
    const found = (await this.list()).find((each) => each.kind === kind && each.name === name);
    return new ConflictError(`${kind} "${name}" at ${this.originOf(kind, name)}`, found);
  }

  #folder(kind: DocumentKind): string {
    return `${this.#path}/${FOLDERS[kind]}`;
  }

  #parameter(kind: DocumentKind, name: string): string {
    return `${this.#folder(kind)}/${name}`;
  }
}

/** Versions of a parameter that was deleted begin again at 1. */
const revisionOf = ({ version, modifiedAtMs }: StoredParameter): string => `${version} of ${modifiedAtMs}`;

/** Items of the table. */
export class TableDocumentSource implements DocumentStore {
  readonly #table: Table;

  constructor(options: { readonly table: Table }) {
    this.#table = options.table;
  }

  async list(): Promise<readonly KeptDocument[]> {
    return (await this.#table.query(DOCUMENTS)).map(keptOf);
  }

  originOf(kind: DocumentKind, name: string): string {
    return `table:${FOLDERS[kind]}/${name}`;
  }

  refusal(document: DocumentText): string | undefined {
    const { kind, name, text } = document;
    if (fits(packedBody(this.#source(document)))) return undefined;
    return `${kind} "${name}" has ${Buffer.byteLength(text)} bytes, more than an item of the table holds (400 kB when packed): shorten it`;
  }

  async put(document: DocumentText, before: KeptDocument | undefined): Promise<void> {
    const { kind, name } = document;
    const body = bodyAttributes(this.#source(document), `${kind} ${name}`);
    const condition = before === undefined ? this.#table.absent() : ifRevision(before);
    const item = { pk: DOCUMENTS, sk: documentSk(kind, name), ...body };
    const lost = await this.#table.write({ kind: 'put', item, condition });
    if (lost !== undefined) throw this.#conflict(document, lost.get(0));
  }

  async remove(kept: KeptDocument): Promise<void> {
    const key = { pk: DOCUMENTS, sk: documentSk(kept.kind, kept.name) };
    const lost = await this.#table.write({ kind: 'delete', key, condition: ifRevision(kept) });
    const found = lost?.get(0);
    if (found !== undefined) throw this.#conflict(kept, found);
  }

  #source({ kind, name, text }: DocumentText): SourceDocument {
    return { kind, name, origin: this.originOf(kind, name), text };
  }

  #conflict({ kind, name }: DocumentText, found: Item | undefined): ConflictError<KeptDocument> {
    return new ConflictError(`${kind} "${name}" at ${this.originOf(kind, name)}`, found && keptOf(found));
  }
}

/** Every write of the table has an id of its own. */
const keptOf = (item: Item): KeptDocument => ({
  ...bodyOf<SourceDocument>(item),
  revision: String(item['writeId']),
});

const ifRevision = ({ revision }: KeptDocument) => ({
  expression: '#writeId = :revision',
  values: { revision },
});

/** Everything that any of them has. */
export const allSources = (...sources: readonly DocumentSource[]): DocumentSource => ({
  list: async () => {
    const lists: (readonly SourceDocument[])[] = [];
    for (const source of sources) lists.push(await source.list());
    return lists
      .flat()
      .sort(
        (a, b) =>
          compareText(a.kind, b.kind) || compareText(a.name, b.name) || compareText(a.origin, b.origin),
      );
  },
});
