import { checkName } from '../names.js';
import { JsonRecords, type OnUnreadableRecord } from '../records/json-records.js';
import type { Store, WriteCondition } from '../stores/store.js';
import { ModelFolder, MODELS } from './model-folder.js';
import { NameClaim, NOBODY, OWNER_FILE } from './name-claim.js';

/** Whoever is to have a name. */
export interface NameClaimant {
  readonly owner: string;
  /** The training job that is to make the first version; absent: the name is taken for good. */
  readonly job?: string;
  /** Whether it may write over what is this owner's. */
  readonly mayWrite: (owner: string) => boolean;
  /** Whether a training job will never make a version any more. */
  readonly hasEnded: (job: string) => Promise<boolean>;
}

/** Whose a name would be, and what has to be written for that. */
interface Judgement {
  readonly owner: string | undefined;
  readonly write?: { readonly claim: NameClaim; readonly condition: WriteCondition };
}

/** Whose the names of models are, also before their first versions are there. */
export class ModelNames {
  private readonly records: JsonRecords;

  constructor(store: Store, onUnreadable?: OnUnreadableRecord) {
    this.records = new JsonRecords(store.records, onUnreadable);
  }

  /** Whose a name would be if it were claimed now. @throws InputError `invalid_id`; StorageError */
  async whose(name: string, claimant: NameClaimant): Promise<string | undefined> {
    return (await this.judge(name, claimant)).owner;
  }

  /**
   * Takes a name unless it is somebody's, before its first version is there; of several at once one has it.
   * @returns whose it is; undefined: of the time before there were owners
   * @throws InputError `invalid_id`; StorageError
   */
  async claim(name: string, claimant: NameClaimant): Promise<string | undefined> {
    for (;;) {
      const { owner, write } = await this.judge(name, claimant);
      if (write === undefined) return owner;
      if (await this.records.replaceIf(this.folder(name).key(OWNER_FILE), write.claim, write.condition)) return owner;
    }
  }

  private async judge(name: string, claimant: NameClaimant): Promise<Judgement> {
    checkName('model', name);
    const folder = this.folder(name);
    // before the versions: whoever makes the first one then has claimed the name by now
    const { value: known, condition } = await this.records.look(folder.key(OWNER_FILE), NameClaim);
    if (known === 'damaged') return NOBODY;
    if ((await folder.read()).highestVersion > 0) return { owner: known?.owner };
    if (known !== undefined && known.jobs === undefined) return { owner: known.owner };
    const jobs = known?.jobs ?? [];
    const ended = await Promise.all(jobs.map((job) => claimant.hasEnded(job)));
    const open = jobs.filter((_job, i) => !ended[i]);
    const owner = known !== undefined && open.length > 0 ? known.owner : claimant.owner;
    if (owner !== claimant.owner && !claimant.mayWrite(owner)) return { owner };
    const claim = claimant.job === undefined ? { owner } : { owner, jobs: [...new Set([...open, claimant.job])] };
    return { owner, write: { claim, condition } };
  }

  private folder(name: string): ModelFolder {
    return new ModelFolder(`${MODELS}${name}/`, this.records);
  }
}
