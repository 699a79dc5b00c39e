import { readOnce, settings } from "./settings";

const given = readOnce(settings.pick({ JURISDICTION: true }));

/** What local workerd says: it has no places. */
const NO_PLACES = /not implemented in workerd/;

type Places<Names> = { jurisdiction(jurisdiction: DurableObjectJurisdiction): Names };

/**
 * The objects of a kind where the service keeps its data (`JURISDICTION`): each name is another object in
 * another jurisdiction. On a laptop there is one place. Throws where the setting names none that there is.
 */
export function inJurisdiction<Names extends Places<Names>>(env: object, names: Names): Names {
  const { JURISDICTION } = given(env);
  if (JURISDICTION === undefined) return names;
  try {
    return names.jurisdiction(JURISDICTION);
  } catch (error) {
    if (error instanceof Error && NO_PLACES.test(error.message)) return names;
    throw error;
  }
}
