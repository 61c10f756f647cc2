import {
  API_PREFIX,
  BoxData,
  CreateSnapshotRequest,
  DeletedResponse,
  DeleteSnapshotsRequest,
  FromSnapshotRequest,
  ListSnapshotsResponse,
  Snapshot,
} from "../../../box/wire.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { OperationGroup } from "../operation.ts";
import { BOX } from "./box-path.ts";

export const snapshotOperations: OperationGroup = {
  name: "Snapshots",
  description:
    "A box's disk, its agent's configuration and its variables at one moment. Any number of boxes can be made from one, also when its own box is gone.",
  operations: [
    {
      id: "createSnapshot",
      method: "post",
      path: `${BOX}/snapshots`,
      summary: "Take a snapshot",
      description: "Of a box that runs, idles or is paused.",
      body: CreateSnapshotRequest,
      answer: jsonAnswer(
        Snapshot,
        "The snapshot, which is `ready`. Where much has to be copied it is `creating`; then the box's list says when it is.",
      ),
      refusals: { 507: "The disk is full." },
      example: { body: { name: "dependencies installed" } },
    },
    {
      id: "listSnapshots",
      method: "get",
      path: `${BOX}/snapshots`,
      summary: "List a box's snapshots",
      description: "Also of a box that is gone, by its id.",
      answer: jsonAnswer(ListSnapshotsResponse, "The snapshots, the newest first."),
    },
    {
      id: "deleteSnapshot",
      method: "delete",
      path: `${BOX}/snapshots/{snapshot}`,
      summary: "Delete a snapshot",
      description: "Boxes that were made from it go on.",
      answer: jsonAnswer(DeletedResponse, "`1`."),
    },
    {
      id: "deleteSnapshots",
      method: "delete",
      path: `${API_PREFIX}/snapshots`,
      summary: "Delete snapshots of any boxes",
      description: "Without `ids`: all of them. Ids that there are none of are ignored.",
      body: DeleteSnapshotsRequest,
      answer: jsonAnswer(DeletedResponse, "How many were deleted."),
      example: { body: { ids: ["snap_k3v9q0"] } },
    },
    {
      id: "createBoxFromSnapshot",
      method: "post",
      path: `${API_PREFIX}/from-snapshot`,
      summary: "Create a box from a snapshot",
      description:
        "Takes what creating a box takes. What is left out is as the snapshot has it; variables are added to the snapshot's.",
      body: FromSnapshotRequest,
      answer: jsonAnswer(BoxData, "The box."),
      refusals: {
        404: "There is no such snapshot.",
        409: "Another box has the name, or the snapshot is not ready.",
        501: "This host cannot give what was asked for; the text says what, and what to do.",
      },
      example: { body: { snapshot_id: "snap_k3v9q0", name: "web-2" } },
    },
  ],
};
