export type { Find, Resource, ResourceKind, ResourceOf } from "../protocol/resource";
