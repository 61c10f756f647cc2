/** One entry of an answer's `errors`; GraphQL answers with status 200 all the same. */
export class GraphQlError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}
