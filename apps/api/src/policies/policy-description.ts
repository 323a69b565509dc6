import { ModelReference, PolicyInterface, type RobotPolicy } from '#contract';
import type { ModelVersionRecord } from '#storage';

/** Under which a caller finds the policies. */
export const POLICIES_PATH = 'v1/policies';

/** A model in the path of its policy. */
export const PolicyReference = ModelReference.describe(
  'Model: its newest version (robot), a version (robot@3) or an alias',
);

/** The interface of a version of which nobody has said anything. */
const PLAIN: PolicyInterface = { unknownKeys: 'refuse' };

/** What a version takes and gives as a policy. */
export function interfaceOf({ policy }: ModelVersionRecord): PolicyInterface {
  return policy === undefined ? PLAIN : PolicyInterface.parse(policy);
}

/** How robots talk to a version, which they know by a reference. */
export function policyView(record: ModelVersionRecord, reference: string): RobotPolicy {
  const { name, version, config, sampling } = record;
  return {
    model: { name, version },
    observationSize: config.obsSize,
    actionHorizon: config.actionHorizon,
    actionDim: config.actionDim,
    numInferenceSteps: sampling.numInferenceSteps,
    interface: interfaceOf(record),
    sockets: { openpi: `/${POLICIES_PATH}/${reference}`, vlaEval: `/${POLICIES_PATH}/${reference}/vla-eval` },
  };
}

/** The same in the words of a RoboArena server, whose clients know exactly these: it takes no images. */
export function roboArenaView(actionSpace: string) {
  return {
    image_resolution: null,
    needs_wrist_camera: false,
    n_external_cameras: 0,
    needs_stereo_camera: false,
    needs_session_id: false,
    action_space: actionSpace,
  };
}
