import type { PostedComment } from "./github.ts";

/** Where a job's one comment is kept, for all who may write it. */
export interface CommentSlot {
  load(): Promise<PostedComment | null>;
  save(comment: PostedComment): Promise<void>;
  /** Runs `work` while nobody else makes the comment, or edits it for the first time. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/** For a job that only one process knows of. */
export function memoryCommentSlot(): CommentSlot {
  let kept: PostedComment | null = null;
  return {
    load: async () => kept,
    async save(comment) {
      kept = comment;
    },
    exclusively: (work) => work(),
  };
}
