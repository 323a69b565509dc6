export interface paths {
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All keys, without their secrets
         * @description Lists all keys by age, with owner, scopes, limits and last use, and without their secrets. Needs a key with the scope `admin`.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make a key; the answer shows it this once
         * @description Makes an API key for an owner, with scopes and an optional end. The answer is the only one that ever shows the key; it is kept as a hash. Needs a key with the scope `admin`.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who changed which key how
         * @description Lists the newest 1,000 changes of keys: when, which key, what was done, and by whom. Needs a key with the scope `admin`.
         */
        get: operations["auditKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refuse a key from now on, for good
         * @description Refuses the key in all processes within a second, for good. What its owner has made stays. Needs a key with the scope `admin`.
         */
        post: operations["revokeKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a key another secret; its id, owner and limits stay
         * @description Gives the key another secret, shown this once. The old one is taken for `overlapSeconds` more, 0 by default. Needs a key with the scope `admin`.
         */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{id}/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set all limits of a key; what is left out is not limited
         * @description Replaces all limits of the key by those of the body. A limit that is left out no longer holds. Needs a key with the scope `admin`.
         */
        put: operations["limitKey"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who the browser is to this service
         * @description Answers with the key of the session, or, as long as there are no keys, with everybody. Needs no key.
         */
        get: operations["readSession"];
        put?: never;
        /**
         * Log in to the dashboard with a key
         * @description Sets a cookie that is `HttpOnly` and `SameSite=Strict`, for 12 hours or until the key is revoked, rotated or expires. The request needs the header `X-Stride-Page`. Needs no key.
         */
        post: operations["logIn"];
        /**
         * Log out of the dashboard
         * @description Ends the session for good, also for whoever has a copy of its cookie. Needs no key.
         */
        delete: operations["logOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-sent events: the whole system, once a second
         * @description Sends an event `snapshot` at once and then every second: rates, step durations, queues by class and, to keys with the scope admin, each worker. `unavailable` comes in its place while the queue cannot be read. A key that is revoked meanwhile gets `refused` and the end. Needs a key with the scope `jobs:read`.
         */
        get: operations["watch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What clients of openpi ask before they connect
         * @description Answers `OK` as soon as the process listens. It says nothing about Redis or workers. Needs no key.
         */
        get: operations["getHealthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A model as a policy; as a WebSocket the same path speaks the protocol of openpi
         * @description Shows what a model takes and gives as a policy of a robot: keys and sizes of observations, names and units of actions, rate and sampling defaults. The model is a name, `name@version` or `name@alias`. Needs a key with the scope `jobs:read`.
         */
        get: operations["getPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policy-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The sessions of robots that are open, whichever process of the API holds them
         * @description Lists the sessions of the owner of the key on the policy socket: rates, delay in actions, jumps between plans, and what the observations came to. Needs a key with the scope `jobs:read`.
         */
        get: operations["listPolicySessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What vla-eval could set: nothing
         * @description Says that vla-eval can set nothing here; clients of vla-eval ask at the root. Needs no key.
         */
        get: operations["getVlaEvalConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{model}/vla-eval/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether vla-eval can connect to a policy
         * @description Answers `ok` where the model exists and this key may use it. Needs a key with the scope `jobs:read`.
         */
        get: operations["getPolicyHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{model}/vla-eval/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What vla-eval could set of a policy: nothing
         * @description Says that vla-eval can set nothing of this policy. Needs a key with the scope `jobs:read`.
         */
        get: operations["getPolicyConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sampling-jobs/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit up to 1,000 jobs, each accepted or refused on its own
         * @description Takes up to 1,000 requests in a body of at most 1 MiB. Each is accepted or refused on its own: the answer has its status, and its job or its problem, in the order of the requests. Needs a key with the scope `jobs:write`.
         */
        post: operations["createSamplingJobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sampling-jobs/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel up to 1,000 jobs, each on its own
         * @description Cancels each of up to 1,000 jobs on its own: the answer has the status that cancelling it alone would have had, and the job or the problem, in the order of the ids. Needs a key with the scope `jobs:write`.
         */
        post: operations["cancelSamplingJobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sampling-jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs, newest first
         * @description Lists the jobs of the owner of the key, newest first, in pages of at most 200. `nextCursor` of a page is `after` of the next one. A page of a filtered list may be short, or empty, and still have a `nextCursor`: no more than 2,000 jobs are looked at for one. Needs a key with the scope `jobs:read`.
         */
        get: operations["listSamplingJobs"];
        put?: never;
        /**
         * Submit a job; with `Prefer: wait=SECONDS` also wait for its result
         * @description Checks the request completely against the model that it names, and queues it. Without `Prefer` the answer is 202 with the queued job. With `Prefer: wait=SECONDS` it is 200 with the finished job, if that is done in time. The same request with the same seed gives the same bytes. Needs a key with the scope `jobs:write`.
         */
        post: operations["createSamplingJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sampling-jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A job as it is now
         * @description Shows status, progress, place in the queue, timings, warnings, error and result of a job. Jobs of other owners are answered as if they did not exist. Needs a key with the scope `jobs:read`.
         */
        get: operations["getSamplingJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sampling-jobs/{id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The actions [observations * samplesPerObservation, horizon, dim]
         * @description Gives the actions of a job that has succeeded, in the units of the data. `Accept` chooses nested JSON, JSON with base64, npy or safetensors; all hold the same float32 numbers. A result is kept for at least an hour, as long as it is among the newest (STRIDE_KEPT_RESULTS). Needs a key with the scope `jobs:read`.
         */
        get: operations["getSamplingResult"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sampling-jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-sent events until the job has ended
         * @description Sends an event for each start, step, preview and hand-over of a job, and ends after its last one. `Last-Event-ID` continues a stream that broke off. Needs a key with the scope `jobs:read`.
         */
        get: operations["followSamplingJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sampling-jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel: a queued job at once, a running one at its next macro-step
         * @description Ends a queued job at once and a running one at its next macro-step. A repeat changes nothing. Needs a key with the scope `jobs:write`.
         */
        post: operations["cancelSamplingJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sampling-jobs/{id}/request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the job was asked for, to be sent again
         * @description Reads a job back as a request that gives the same bytes. Large tensors are dropped when a job ends, unless they are artifacts; `missing` names those. Needs a key with the scope `jobs:read`.
         */
        get: operations["getSamplingRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sampling-jobs/{id}/trace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the time of the job went: queue, macro-steps, store
         * @description Says when the last attempt of a job had its model and inputs, when each of its macro-steps ran and how many rows shared it, and when its result was stored. While a job runs it says so only if somebody follows the job. Needs a key with the scope `jobs:read`.
         */
        get: operations["getSamplingTrace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/training-jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs, newest first
         * @description Lists the jobs of the owner of the key, newest first, in pages of at most 200. `nextCursor` of a page is `after` of the next one. Needs a key with the scope `jobs:read`.
         */
        get: operations["listTrainingJobs"];
        put?: never;
        /**
         * Submit a training job
         * @description Checks the request against the dataset, and queues it. What is left out comes from the preset. When the job succeeds, the model has a new version. Needs a key with the scope `train`.
         */
        post: operations["createTrainingJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/training-jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A job as it is now
         * @description Shows status, progress, settings, timings, warnings, error and result of a job. Jobs of other owners are answered as if they did not exist. Needs a key with the scope `jobs:read`.
         */
        get: operations["getTrainingJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/training-jobs/{id}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Loss, learning rate, gradient norm and speed at every log point
         * @description Lists a point for each log point of the run, every `logEverySteps` updates: loss, learning rate, gradient norm and updates per second. `after` gives only points of later updates. `Accept` may ask for text/csv, application/x-ndjson or application/vnd.tensorboard.events, a TensorBoard event file. Needs a key with the scope `jobs:read`.
         */
        get: operations["getTrainingMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/training-jobs/{id}/checkpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The checkpoints a run could go on from, newest first
         * @description Lists the checkpoints that are kept of a run: updates done, bytes and time. A run that is interrupted goes on from the newest one, bit by bit the same. Needs a key with the scope `jobs:read`.
         */
        get: operations["getCheckpoints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/training-jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-sent events until the job has ended
         * @description Sends an event for each start, log point and hand-over of a job, and ends after its last one. `Last-Event-ID` continues a stream that broke off. Needs a key with the scope `jobs:read`.
         */
        get: operations["followTrainingJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/training-jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel: a queued job at once, a running one after its present update
         * @description Ends a queued job at once and a running one after its present update. A repeat changes nothing. Needs a key with the scope `train`.
         */
        post: operations["cancelTrainingJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/training-jobs/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause: a queued job at once, a running one after its present update
         * @description Frees the worker of a job, which keeps its checkpoint for as long as it is paused. A repeat changes nothing; a job whose last update is done may end before. Needs a key with the scope `train`.
         */
        post: operations["pauseTrainingJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/training-jobs/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a paused job
         * @description Puts a paused job back before all that were accepted after it. It goes on from its checkpoint with any worker, bit by bit as if it had not been paused. A repeat changes nothing. Needs a key with the scope `train`.
         */
        post: operations["resumeTrainingJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A dataset: counts, shapes, ranges and hash
         * @description Shows the number of pairs, shapes, the range of each dimension, and the SHA-256 of a dataset. Needs a key with the scope `jobs:read`.
         */
        get: operations["getDataset"];
        /**
         * Upload `observations [N,obsSize]` and `actions [N,horizon,dim]` as safetensors or npz
         * @description Streams the file to the store, checks every number, and replaces a dataset of the same name. The answer has counts, shapes and ranges, and warnings, for example of dimensions that never move. Needs a key with the scope `train`.
         */
        put: operations["putDataset"];
        post?: never;
        /**
         * Forget a dataset; jobs that were accepted before still find its bytes
         * @description Removes the name. Jobs that were accepted before still find the bytes, which the hourly sweep removes later. Needs a key with the scope `train`.
         */
        delete: operations["deleteDataset"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All datasets by name
         * @description Lists the datasets of the owner of the key by name. Needs a key with the scope `jobs:read`.
         */
        get: operations["listDatasets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the numbers of a dataset spread: range, mean and histogram of each dimension
         * @description Measures every number of the file when it is asked for first. A dimension whose min is its max never moves; steps that are padding count nowhere. Needs a key with the scope `jobs:read`.
         */
        get: operations["getDatasetStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Some rows of a dataset, as many as are wanted and fit into an answer
         * @description Reads rows from `first` on: observations and actions in the units of the data. An answer holds at most 65,536 numbers, so that it may have fewer rows. Needs a key with the scope `jobs:read`.
         */
        get: operations["getDatasetRows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All models by name
         * @description Lists the models of the owner of the key by name, with their versions and aliases. Needs a key with the scope `jobs:read`.
         */
        get: operations["listModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A model: its versions and aliases
         * @description Shows the versions of a model, newest last, and what its aliases mean. Needs a key with the scope `jobs:read`.
         */
        get: operations["getModel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A version: sizes, sampling defaults, metrics, and where it comes from
         * @description Shows the sizes, noise schedule, sampling defaults, report of precision, metrics and provenance of a version. Needs a key with the scope `jobs:read`.
         */
        get: operations["getModelVersion"];
        put?: never;
        post?: never;
        /**
         * Take a version away; its number does not come back
         * @description Removes a version and the aliases that mean it. Its number is not given out again. Jobs that were accepted before still run. Needs a key with the scope `models:write`.
         */
        delete: operations["deleteModelVersion"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/versions/{version}/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The file of a version: safetensors, or the ONNX file that was imported
         * @description Gives the bytes of a version, which `PUT /v1/models/{name}/versions` takes again anywhere. Needs a key with the scope `jobs:read`.
         */
        get: operations["downloadCheckpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/versions/{version}/sampler.onnx": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The whole sampler as one ONNX file: observations in, actions out, in the units of the data
         * @description Writes normalisation, network, noise schedule and all denoising steps into one ONNX file for any ONNX runtime. Above `eta` 0 the file takes its noise as an input. Needs a key with the scope `jobs:read`.
         */
        get: operations["exportSampler"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Import a model as the next version: a checkpoint of ours, or your own denoiser as ONNX
         * @description Streams the file to the store, tries it in a process of its own, and publishes it as the next version. An ONNX file needs `config`, and a key with the scope `admin`, because workers run its graph. Needs a key with the scope `models:write`.
         */
        put: operations["importModelVersion"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/aliases/{alias}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Let `name@alias` mean a version from now on
         * @description Makes an alias, or moves it to another version. Jobs that are accepted later use that version; it takes at most a second to be so in all processes. Needs a key with the scope `models:write`.
         */
        put: operations["setModelAlias"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/versions/{version}/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say what a version takes and gives as a policy, from now on
         * @description Replaces what the version says of itself as a policy: keys of observations, names and units of actions, and rate. Needs a key with the scope `models:write`.
         */
        put: operations["describePolicy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this service is
         * @description Names the service and its extensions of the protocol. Needs no key.
         */
        get: operations["describeInferenceServer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether this process answers
         * @description Answers 200 without a body as soon as the process listens. Needs no key.
         */
        get: operations["getInferenceLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether requests should be sent here
         * @description Answers 200 without a body while Redis and the artifact store can be used. Needs no key.
         */
        get: operations["getInferenceReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A model: its versions and tensors
         * @description Shows names, types and shapes of the tensors that a model takes and gives, and its versions. The model is a name or `name@alias`. Needs a key with the scope `jobs:read`.
         */
        get: operations["describeInferenceModel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same of a version
         * @description Shows names, types and shapes of the tensors that a version takes and gives. Needs a key with the scope `jobs:read`.
         */
        get: operations["describeInferenceVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A model in the words of Triton's configurations
         * @description Shows the tensors of a model and its largest batch in the form that clients of Triton read. Needs a key with the scope `jobs:read`.
         */
        get: operations["configInferenceModel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same of a version
         * @description Shows the tensors of a version and its largest batch in the form that clients of Triton read. Needs a key with the scope `jobs:read`.
         */
        get: operations["configInferenceVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether a model can be asked for
         * @description Answers 200 without a body where the model exists and this key may use it. Needs a key with the scope `jobs:read`.
         */
        get: operations["getInferenceModelReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same of a version
         * @description Answers 200 without a body where the version exists and this key may use it. Needs a key with the scope `jobs:read`.
         */
        get: operations["getInferenceVersionReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sample, and wait for the actions
         * @description Submits a sampling job whose tensors come as inputs and whose options come as parameters, and waits for its end. Tensors travel in the JSON, or as bytes behind it. A client that goes away cancels the job. The newest version is used. Needs a key with the scope `jobs:write`.
         */
        post: operations["infer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The same with a version
         * @description Submits a sampling job whose tensors come as inputs and whose options come as parameters, and waits for its end. Tensors travel in the JSON, or as bytes behind it. A client that goes away cancels the job. The version of the path is used. Needs a key with the scope `jobs:write`.
         */
        post: operations["inferVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same as /health/live, where clients of vla-eval ask
         * @description Answers `ok` as soon as the process listens. It says nothing about Redis or workers. Needs no key.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether this process answers; says nothing about Redis
         * @description Answers `ok` as soon as the process listens. A supervisor restarts a process that does not. Needs no key.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether requests should be sent here: Redis, its configuration, the artifact store
         * @description Answers 200 while Redis, its configuration and the artifact store can be used, and 503 otherwise. Where the service has keys, only the management port says which of them fails and why. Needs no key.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/artifacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Upload a tensor for use in requests: npy, or safetensors with one tensor
         * @description Stores a tensor of at most 64 MiB, which requests then name by its id in place of the numbers. The same bytes have the same id. An artifact that nothing refers to is removed about a day after the results of its time. Needs a key with the scope `jobs:write`.
         */
        put: operations["putArtifact"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/artifacts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The bytes of an artifact
         * @description Gives the bytes of an artifact that the owner of the key has brought or made. Needs a key with the scope `jobs:read`.
         */
        get: operations["getArtifact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Deliveries of webhooks, those of the newest jobs first
         * @description Lists the deliveries of the owner of the key, those of the newest jobs first: attempts, last answer, and when the next attempt is due. `job` gives that of one job. Needs a key with the scope `jobs:read`.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-deliveries/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the next attempt now, also of a delivery that has ended
         * @description Sends the next attempt at once, also of a delivery that has been delivered or has failed for good. Needs a key with the scope `jobs:write`.
         */
        post: operations["redeliverWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the secret that signs your deliveries, and see it this once
         * @description Makes the secret of the owner of the key. The answer is the only one that ever shows it. Needs a key with the scope `jobs:write`.
         */
        post: operations["createWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make another secret; the one before signs beside it for a while
         * @description Makes another secret, shown this once. The one before signs beside it for `overlapSeconds`, a day by default. Needs a key with the scope `jobs:write`.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The live workers, as their last heartbeats describe them
         * @description Lists the workers that have sent a heartbeat in the last 15 seconds: device, provider, load, models, and why one takes no jobs. Needs a key with the scope `admin`.
         */
        get: operations["listWorkers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workers/targets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the live workers' metrics are, for Prometheus' HTTP service discovery
         * @description Lists the addresses of the metrics of all live workers in the form of `http_sd_configs`. The management port answers it without a key. Needs a key with the scope `admin`.
         */
        get: operations["listScrapeTargets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Queue counts, throughput and step latency over the last minute
         * @description Counts the jobs that wait, run and have ended, and gives throughput in samples and row-steps per second and the seconds of a step over the last minute. Needs a key with the scope `jobs:read`.
         */
        get: operations["getStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @example {
         *       "name": "robot-7",
         *       "scopes": [
         *         "jobs:read",
         *         "jobs:write"
         *       ]
         *     }
         */
        NewApiKeyRequest: {
            /** @description For people: what the key is for */
            name: string;
            /** @description What the key may be used for */
            scopes: ("jobs:read" | "jobs:write" | "train" | "models:write" | "store" | "admin")[];
            /** @description Whose the objects are that it makes; default: the id of the key */
            owner?: string;
            /** @description Refused after so many seconds; default: never */
            expiresInSeconds?: number;
        };
        IssuedApiKey: {
            /** @description The key itself, shown this once */
            key: string;
            /** @description Id of a key: 8 of a-z and 0-9 */
            id: string;
            /** @description For people: what the key is for */
            name: string;
            /** @description Whose the objects are that it makes */
            owner: string;
            /** @description What the key may be used for */
            scopes: ("jobs:read" | "jobs:write" | "train" | "models:write" | "store" | "admin")[];
            /**
             * Format: date-time
             * @description When it was made
             */
            createdAt: string;
            /** @description From when on it is refused; null: never */
            expiresAt: string | null;
            /** @description Since when it is refused for good; null: it is not */
            revokedAt: string | null;
            /** @description When it was used last, to the minute; null: never */
            lastUsedAt: string | null;
            /**
             * @description What it may use up
             * @example {
             *       "requestsPerSecond": 50,
             *       "rowStepsPerDay": 10000000,
             *       "jobsQueued": 1000
             *     }
             */
            limits: components["schemas"]["ApiKeyLimits"];
        };
        /**
         * @example {
         *       "requestsPerSecond": 50,
         *       "rowStepsPerDay": 10000000,
         *       "jobsQueued": 1000
         *     }
         */
        ApiKeyLimits: {
            /** @description Requests of any kind in one second */
            requestsPerSecond?: number;
            /** @description Row-steps of accepted jobs in any minute: rows x steps of sampling, batch x steps of training */
            rowStepsPerMinute?: number;
            /** @description Row-steps of accepted jobs in any day */
            rowStepsPerDay?: number;
            /** @description Bytes that its owner has brought and that are still stored */
            bytes?: number;
            /** @description Jobs of both kinds that have not ended */
            jobsQueued?: number;
        };
        ApiKeyList: {
            /** @description By age */
            items: components["schemas"]["ApiKey"][];
        };
        ApiKey: {
            /** @description Id of a key: 8 of a-z and 0-9 */
            id: string;
            /** @description For people: what the key is for */
            name: string;
            /** @description Whose the objects are that it makes */
            owner: string;
            /** @description What the key may be used for */
            scopes: ("jobs:read" | "jobs:write" | "train" | "models:write" | "store" | "admin")[];
            /**
             * Format: date-time
             * @description When it was made
             */
            createdAt: string;
            /** @description From when on it is refused; null: never */
            expiresAt: string | null;
            /** @description Since when it is refused for good; null: it is not */
            revokedAt: string | null;
            /** @description When it was used last, to the minute; null: never */
            lastUsedAt: string | null;
            /**
             * @description What it may use up
             * @example {
             *       "requestsPerSecond": 50,
             *       "rowStepsPerDay": 10000000,
             *       "jobsQueued": 1000
             *     }
             */
            limits: components["schemas"]["ApiKeyLimits"];
        };
        KeyAuditPage: {
            /** @description Newest first, at most 1,000 */
            items: components["schemas"]["KeyAuditLine"][];
        };
        KeyAuditLine: {
            /**
             * Format: date-time
             * @description When
             */
            at: string;
            /**
             * @description What was done
             * @enum {string}
             */
            action: "create" | "revoke" | "rotate" | "limit";
            /** @description Id of a key: 8 of a-z and 0-9 */
            key: string;
            /** @description The id of the key that did it, or `redis`: whoever can write there */
            by: string;
            /** @description Owner and scopes, or limits, as JSON */
            detail: string;
        };
        /**
         * @example {
         *       "overlapSeconds": 86400
         *     }
         */
        ApiKeyRotation: {
            /**
             * @description So long the old secret is taken, too
             * @default 0
             */
            overlapSeconds?: number;
        };
        SessionCaller: {
            /** @description Id of the key; local where there are no keys */
            keyId: string;
            /** @description Whose objects it sees */
            owner: string;
            /** @description What it may do */
            scopes: ("jobs:read" | "jobs:write" | "train" | "models:write" | "store" | "admin")[];
        };
        /**
         * @example {
         *       "key": "stride_1a2b3c4d_…"
         *     }
         */
        LoginRequest: {
            /** @description An API key */
            key: string;
        };
        LiveSnapshot: {
            /**
             * Format: date-time
             * @description When it was taken
             */
            at: string;
            /** @description Rows that ended per second, of all workers */
            samplesPerSecond: number;
            /** @description Denoising steps of single rows per second, of all workers */
            rowStepsPerSecond: number;
            /** @description Mean rows of a batched step; null while nothing ran */
            rowsPerStep: number | null;
            /** @description Seconds of one batched step, the slowest worker's; null while none */
            stepSeconds: {
                /** @description Median */
                p50: number;
                /** @description 95th percentile */
                p95: number;
                /** @description 99th percentile */
                p99: number;
            } | null;
            /** @description Rows that have started and not ended */
            rowsRunning: number;
            /** @description Rows in engines that have not started */
            rowsWaiting: number;
            /** @description Live workers */
            workersLive: number;
            /** @description Jobs of each queue */
            queues: {
                /** @description Jobs of queue sampling */
                sampling: components["schemas"]["LiveQueue"];
                /** @description Jobs of queue training */
                training: components["schemas"]["LiveQueue"];
            };
            /** @description Each live worker; null for keys without the scope admin */
            workers: components["schemas"]["LiveWorker"][] | null;
        };
        WaitingClass: {
            /** @description Jobs in line */
            jobs: number;
            /** @description Seconds since the first of them was accepted; null: none */
            oldestSeconds: number | null;
        };
        LiveQueue: {
            /** @description Jobs that run */
            active: number;
            /** @description Jobs that wait for another attempt */
            delayed: number;
            /** @description Jobs in line by class */
            waiting: {
                /** @description Class interactive */
                interactive: components["schemas"]["WaitingClass"];
                /** @description Class normal */
                normal: components["schemas"]["WaitingClass"];
                /** @description Class bulk */
                bulk: components["schemas"]["WaitingClass"];
            };
        };
        LiveWorker: {
            /** @description Id of the process */
            id: string;
            /** @description Host name */
            host: string;
            /**
             * Format: date-time
             * @description When it started
             */
            startedAt: string;
            /**
             * Format: date-time
             * @description When it was last heard of: every 5 s, and every second while somebody watches
             */
            lastHeartbeatAt: string;
            /** @description Queues that it takes jobs from */
            queues: string[];
            /**
             * @description State of its engine
             * @enum {string}
             */
            status: "starting" | "running" | "draining" | "failed";
            /**
             * @description Why it takes no jobs for now; what it holds runs on
             * @default []
             */
            pauses: components["schemas"]["Pause"][];
            /** @description cuda or webgpu (kernels of our own), onnx or tfjs */
            backend: string;
            /** @description What the backend runs on, such as cpu or cuda */
            provider: string;
            /**
             * @description Why it runs on this; empty: its release does not say
             * @default
             */
            providerReason: string;
            /** @description Name of the device */
            device: string;
            /** @description Providers that were tried before, and why they were not taken */
            rejectedProviders: {
                /** @description Provider */
                provider: string;
                /** @description Why it was not taken */
                reason: string;
            }[];
            /**
             * @description In which sampling jobs may run there
             * @default [
             *       "float32"
             *     ]
             */
            precisions: ("float32" | "int8" | "bf16")[];
            /** @description Jobs that it holds */
            jobsRunning: number;
            /** @description Rows that have started and not ended */
            rowsRunning: number;
            /** @description Rows in the engine that have not started */
            rowsWaiting: number;
            /** @description How long these last seconds are */
            seconds: number;
            /** @description Denoising steps of single rows per second */
            rowStepsPerSecond: number;
            /** @description Rows that ended per second */
            samplesPerSecond: number;
            /** @description Mean rows of a batched step; null while nothing ran */
            rowsPerStep: number | null;
            /** @description Seconds of one batched step; null while nothing ran */
            stepSeconds: {
                /** @description Median */
                p50: number;
                /** @description 95th percentile */
                p95: number;
                /** @description 99th percentile */
                p99: number;
            } | null;
            /** @description The engine threads by number */
            threads: {
                /** @description Number of the thread, from 0 */
                thread: number;
                /**
                 * @description What it does
                 * @enum {string}
                 */
                status: "starting" | "idle" | "loading" | "busy" | "dead" | "stopped";
                /** @description Share of the last seconds that it spent inside the backend */
                occupancyRatio: number;
            }[];
            /** @description Mean occupancy of its engine threads; null where it does not say */
            loadRatio: number | null;
        };
        Pause: {
            /**
             * @description What keeps it from taking jobs
             * @enum {string}
             */
            cause: "redis" | "store" | "engine";
            /** @description The same for people */
            reason: string;
        };
        RobotPolicy: {
            /** @description What the reference means now */
            model: {
                /** @description Name of the model */
                name: string;
                /** @description Version that a session would get now, and keep */
                version: number;
            };
            /** @description Numbers of one observation */
            observationSize: number;
            /** @description Steps of one plan */
            actionHorizon: number;
            /** @description Numbers of one step */
            actionDim: number;
            /** @description Denoising steps unless a session asks for others */
            numInferenceSteps: number;
            /**
             * @description What it takes and gives, by name
             * @example {
             *       "observationKeys": [
             *         "observation/joint_position",
             *         "observation/gripper_position"
             *       ],
             *       "unknownKeys": "refuse",
             *       "fps": 20
             *     }
             */
            interface: components["schemas"]["PolicyInterface"];
            /** @description Where to connect a WebSocket */
            sockets: {
                /** @description Path for clients of openpi and RoboArena */
                openpi: string;
                /** @description Path for clients of vla-eval */
                vlaEval: string;
            };
        };
        /**
         * @example {
         *       "observationKeys": [
         *         "observation/joint_position",
         *         "observation/gripper_position"
         *       ],
         *       "unknownKeys": "refuse",
         *       "fps": 20
         *     }
         */
        PolicyInterface: {
            /** @description Keys of the observation whose numbers, in this order, are what the model takes. Default: one array */
            observationKeys?: string[];
            /**
             * @description What becomes of an observation with other keys, such as images
             * @default refuse
             * @enum {string}
             */
            unknownKeys: "refuse" | "ignore";
            /** @description What each number of a step is */
            actionNames?: string[];
            /** @description The unit of each number of a step */
            actionUnits?: string[];
            /** @description Steps per second */
            fps?: number;
            /**
             * @description Greets clients with the settings of a RoboArena server, and this action space, alone
             * @enum {string}
             */
            actionSpace?: "joint_position" | "joint_velocity" | "cartesian_position" | "cartesian_velocity";
        };
        PolicySessionList: {
            /** @description Sessions that are open, oldest first */
            items: components["schemas"]["PolicySessionInfo"][];
        };
        PolicySessionInfo: {
            /** @description Id of the session */
            id: string;
            /** @description Process of the API that holds the connection */
            api: string;
            /** @description Whose key has opened it; without keys: default */
            owner: string;
            /** @description Model version that it began with */
            model: string;
            /**
             * @description What it speaks
             * @enum {string}
             */
            protocol: "openpi" | "vla-eval";
            /**
             * Format: date-time
             * @description When it was opened
             */
            startedAt: string;
            /** @description Denoising steps of a plan */
            steps: number;
            /** @description Actions per second; null: nobody said */
            fps: number | null;
            /** @description Observations that have come */
            observations: number;
            /** @description Observations that became a plan */
            planned: number;
            /** @description Observations whose place a newer one has taken */
            superseded: number;
            /** @description Observations whose deadline has passed before there was a plan */
            late: number;
            /** @description Observations and other frames that were dropped with an error */
            refused: number;
            /** @description Plans that took longer than the actions for which they had been made */
            overruns: number;
            /** @description Observations per second, over the last ten */
            observationsPerSecond: number;
            /** @description Plans per second, over the last ten */
            plansPerSecond: number;
            /** @description From an observation to its plan, over the last 128; null: there was none */
            planSeconds: {
                /** @description Median */
                p50: number;
                /** @description 95th percentile */
                p95: number;
                /** @description Slowest */
                max: number;
            } | null;
            /** @description Actions until the newest plan was there, as it was made for; null: no plan */
            delaySteps: number | null;
            /** @description Actions that passed until the newest plan was there; null: no plan, or unknown fps */
            delayActions: number | null;
            /** @description Distance between the action where a plan takes over and what the one before had there, in units of the data; null: none continued another */
            seamJump: {
                /** @description Of the newest plan */
                last: number;
                /** @description Mean of all */
                mean: number;
                /** @description Largest */
                max: number;
                /** @description Plans that continued another */
                count: number;
            } | null;
        };
        VlaEvalConfig: {
            /** @description What the request has set: nothing can be */
            applied: Record<string, never>;
            /** @description What can be set: nothing */
            config: Record<string, never>;
        };
        VlaEvalHealth: {
            /**
             * @description ok
             * @enum {string}
             */
            status: "ok";
        };
        /**
         * @example {
         *       "requests": [
         *         {
         *           "model": "robot",
         *           "observations": [
         *             [
         *               0.1,
         *               -0.4,
         *               0.7
         *             ]
         *           ],
         *           "priority": "bulk"
         *         }
         *       ]
         *     }
         */
        BulkSamplingRequest: {
            /** @description Sampling requests, each accepted or refused on its own */
            requests: unknown[];
        };
        BulkSamplingResult: {
            /** @description One answer per request, in order */
            items: {
                /** @description HTTP status that the request alone would have had */
                status: number;
                /** @description The job; null: the request was refused */
                job: components["schemas"]["SamplingJob"] | null;
                /** @description Why it was refused; null: it was accepted */
                problem: {
                    /** @description URN of the code */
                    type: string;
                    /** @description The code in words */
                    title: string;
                    /** @description HTTP status */
                    status: number;
                    /** @description What is wrong, for people */
                    detail: string;
                    /** @description What is wrong, for programs: stable */
                    code: string;
                    /** @description Each field at fault */
                    errors?: {
                        /** @description Dotted path of the field, with positions as numbers */
                        path: string;
                        /** @description What is allowed there, and what came */
                        message: string;
                    }[];
                } | null;
            }[];
        };
        SamplingJob: {
            /** @description Id of the job: smp_ or trn_ and a ULID */
            id: string;
            /**
             * @description Where it stands; the last three are final
             * @enum {string}
             */
            status: "queued" | "running" | "paused" | "succeeded" | "failed" | "cancelled";
            /** @description Whose it is; without keys: default */
            owner: string;
            /** @description Id of the API key that it came with; null: there were none */
            key: string | null;
            /** @description Model version that it uses or makes */
            model: components["schemas"]["JobModel"];
            /**
             * Format: date-time
             * @description When it was accepted
             */
            createdAt: string;
            /** @description When its last attempt started; null before */
            startedAt: string | null;
            /** @description When it ended; null before */
            finishedAt: string | null;
            /** @description When a cancel was accepted; null: none was */
            cancelRequestedAt: string | null;
            /** @description What is done of it */
            progress: components["schemas"]["JobProgress"];
            /** @description Jobs that start before it; null unless it waits in line */
            queuePosition: number | null;
            /** @description Seconds until it ends, estimated; null when unknown */
            estimatedSecondsLeft: number | null;
            /** @description How long it took */
            timings: components["schemas"]["JobTimings"];
            /** @description Seed of its noise */
            seed: number;
            /** @description What works but is probably not meant */
            warnings: components["schemas"]["Warning"][];
            /** @description Why it failed or was cancelled; null otherwise */
            error: components["schemas"]["JobError"] | null;
            /** @description Attempts that were started */
            attempts: number;
            /** @description Worker that has it or had it; null before */
            worker: string | null;
            /** @description The client's own labels */
            metadata: components["schemas"]["Metadata"];
            /**
             * @description Kind of the job
             * @enum {string}
             */
            kind: "sampling";
            /**
             * @description Its class
             * @enum {string}
             */
            priority: "interactive" | "normal" | "bulk";
            /** @description Until when the result is kept if it is among the newest (STRIDE_KEPT_RESULTS); null before the end */
            expiresAt: string | null;
            /** @description How it is pulled towards the plan that is being executed; null: not at all */
            realTimeChunking: components["schemas"]["UsedChunking"] | null;
            /** @description The actions; null unless it has succeeded */
            result: components["schemas"]["SamplingJobResult"] | null;
        };
        JobModel: {
            /** @description Name of the model */
            name: string;
            /** @description Version; null: not there yet */
            version: number | null;
        };
        JobProgress: {
            /** @description Rows that are done; null in training */
            completedRows: number | null;
            /** @description Rows of the job; null in training */
            totalRows: number | null;
            /** @description Denoising steps of its rows, or optimiser steps, that are done */
            completedSteps: number;
            /** @description Denoising steps of its rows, or optimiser steps, in all */
            totalSteps: number;
        };
        JobTimings: {
            /** @description Seconds from acceptance to the start; null before */
            queuedSeconds: number | null;
            /** @description Seconds from the start to the end; null before */
            runSeconds: number | null;
            /** @description Seconds in the backend, the mean over rows; null before the end and in training */
            denoiseSeconds: number | null;
        };
        Warning: {
            /** @description What may not be meant, for programs: stable */
            code: string;
            /** @description The same for people */
            message: string;
        };
        JobError: {
            /**
             * @description Why, for programs: stable
             * @enum {string}
             */
            code: "non_finite_result" | "non_finite_loss" | "backend_error" | "out_of_memory" | "model_load_failed" | "model_hangs" | "deadline_exceeded" | "artifact_store_error" | "artifact_missing" | "poisonous_job" | "checkpoint_mismatch" | "dataset_invalid" | "unsupported_option" | "invalid_request" | "internal_error" | "cancelled" | "superseded";
            /** @description The same for people */
            message: string;
        };
        Metadata: {
            [key: string]: string | number | boolean | null;
        };
        UsedChunking: {
            /** @description Actions that are pulled with full weight */
            delaySteps: number;
            /** @description Actions that are pulled at all */
            executionHorizon: number;
            /**
             * @description How the pull falls in between
             * @enum {string}
             */
            schedule: "exp" | "linear" | "ones" | "zeros";
            /** @description Bound of the pull of one step */
            maxWeight: number;
        };
        SamplingJobResult: {
            /** @description [rows, horizon, dim] */
            shape: number[];
            /**
             * @description Type of the numbers
             * @enum {string}
             */
            dtype: "float32";
            /** @description SHA-256 of the raw float32 bytes */
            sha256: string;
            /** @description Bytes of the raw float32 numbers */
            bytes: number;
            /** @description Path of the result */
            href: string;
            /** @description The numbers, nested or as the request preferred in base64; only in the answer to a request that waited */
            data?: unknown[] | string;
        };
        /**
         * @example {
         *       "ids": [
         *         "smp_01M86RV6E0FWPYCET8VYTYZGHV"
         *       ]
         *     }
         */
        BulkCancelRequest: {
            /** @description Jobs to cancel */
            ids: string[];
        };
        /**
         * @example {
         *       "model": "robot",
         *       "observations": [
         *         [
         *           0.1,
         *           -0.4,
         *           0.7
         *         ]
         *       ],
         *       "samplesPerObservation": 4,
         *       "numInferenceSteps": 10,
         *       "seed": 7
         *     }
         */
        SamplingRequest: {
            /** @description Model: its newest version (robot), a version (robot@3) or an alias (robot@stable) */
            model: string;
            /** @description [N, obsSize] in their own units; left out for a model that takes none */
            observations?: components["schemas"]["Tensor"];
            /**
             * @description Rows per observation. A job has at most 4096 rows, 1000000 rows x steps, and 536870912 bytes of rows and inputs: 4 (rows (3 horizon dim + condition) + numbers of all tensors)
             * @default 1
             */
            samplesPerObservation?: number;
            /** @description Denoising steps per row, at most numTrainTimesteps of the model. Default: the model's */
            numInferenceSteps?: number;
            /** @description Noise that each step adds: 0 is deterministic DDIM, 1 is DDPM (with useClippedModelOutput). Default: the model's */
            eta?: number;
            /**
             * @description How the timesteps are picked, as in diffusers. Default: the model's
             * @enum {string}
             */
            timestepSpacing?: "leading" | "trailing" | "linspace" | "quad";
            /** @description Added to every timestep of spacing leading. Default: the model's */
            stepsOffset?: number;
            /**
             * @description What comes before a timestep: the next of the list, or the timestep minus the stride as in diffusers. Default: list
             * @enum {string}
             */
            prevTimestepRule?: "list" | "stride";
            /**
             * @description edifice reproduces Edifice's sampler bit for bit. Default: the model's
             * @enum {string}
             */
            compat?: "edifice" | "none";
            /**
             * @description Variance of the added noise: that of DDIM, or beta as in DDPM with large variance. Default: ddim
             * @enum {string}
             */
            noiseVariance?: "ddim" | "large";
            /** @description Classifier-free guidance; 1 is none. Needs a guidable model. Default: 1 */
            guidanceScale?: number;
            /** @description Share of the rescaling that keeps guided predictions at their unguided spread. Default: 0 */
            guidanceRescale?: number;
            /** @description Whether the predicted x0 is clipped. Default: the model's */
            clipSample?: boolean;
            /** @description Bound of the clipped x0, in normalised action units. Default: the model's */
            clipSampleRange?: number;
            /** @description Dynamic thresholding of the predicted x0 instead of clipping. Default: the model's */
            thresholding?: components["schemas"]["Thresholding"];
            /** @description Whether the noise is derived again from the clipped x0. Default: the model's */
            useClippedModelOutput?: boolean;
            /** @description Timestep to start at, with initialActions or warmStart. Default: the last one */
            startTimestep?: number;
            /** @description How much of initialActions or warmStart is drawn anew, in place of startTimestep; 1 is all */
            strength?: number;
            /** @description Seed of all noise: same request, same bytes. Default: derived from the job's id */
            seed?: number;
            /** @description Noise to start from [rows, horizon, dim]; in mode interpolate its two ends. Default: drawn from the seed */
            initialNoise?: components["schemas"]["Tensor"];
            /** @description Actions to start from, or in mode encode to invert, [rows, horizon, dim] */
            initialActions?: components["schemas"]["Tensor"];
            /** @description The plan that is being executed, to start from what is left of it */
            warmStart?: components["schemas"]["WarmStart"];
            /** @description Elements of the actions that are known (in-painting) */
            fixedActions?: components["schemas"]["FixedActions"];
            /** @description The plan that is being executed, which the new one is pulled towards where they meet */
            realTimeChunking?: components["schemas"]["RealTimeChunking"];
            /**
             * @description sample: noise to actions; encode: actions to noise; interpolate: actions along the path between two noises
             * @default sample
             * @enum {string}
             */
            mode?: "sample" | "encode" | "interpolate";
            /**
             * @description Arithmetic; int8 (on CPUs) and bf16 (on CUDA) are faster where the model offers them
             * @default float32
             * @enum {string}
             */
            precision?: "float32" | "int8" | "bf16";
            /**
             * @description Class of the job: interactive before normal before bulk
             * @default normal
             * @enum {string}
             */
            priority?: "interactive" | "normal" | "bulk";
            /** @description Milliseconds from acceptance after which the job fails. Default: none */
            deadlineMs?: number;
            /** @description A newer job with the same key and model cancels this one. Default: none */
            supersedeKey?: string;
            /** @description Sends a preview event every so many steps. Default: none */
            previewEvery?: number;
            /** @description What is called when the job has ended. Default: nothing */
            webhook?: components["schemas"]["Webhook"];
            /** @description The client's own labels, given back with the job */
            metadata?: components["schemas"]["Metadata"];
        };
        Tensor: unknown[] | components["schemas"]["EncodedTensor"] | components["schemas"]["ArtifactTensor"];
        EncodedTensor: {
            /** @description Sizes of the dimensions, the outermost first */
            shape: number[];
            /**
             * @description Type of the numbers
             * @enum {string}
             */
            dtype: "float32";
            /** @description Little-endian float32 in base64, row-major */
            data: string;
        };
        ArtifactTensor: {
            /** @description Id of an uploaded tensor: npy, or safetensors with one tensor */
            artifact: string;
        };
        Thresholding: {
            /** @description Quantile of |x0| of a row that becomes its bound */
            ratio: number;
            /** @description Largest bound, in normalised action units */
            maxValue: number;
        };
        WarmStart: {
            /** @description The plan that is being executed, [rows, horizon, dim] */
            previousActions: components["schemas"]["Tensor"];
            /** @description Steps of it that were executed, at most the horizon */
            executedSteps: number;
        };
        FixedActions: {
            /** @description [horizon] or [horizon, dim]; 1 or true: the element is known */
            mask: (true | false | 0 | 1)[] | (true | false | 0 | 1)[][];
            /** @description Known actions [rows, horizon, dim] in their own units; elsewhere ignored */
            values: components["schemas"]["Tensor"];
        };
        RealTimeChunking: {
            /** @description The plan that is being executed, [rows, horizon, dim] */
            previousActions: components["schemas"]["Tensor"];
            /** @description Steps of it that were executed when the observation was made, below the horizon */
            executedSteps: number;
            /** @description Further steps of it that will be executed until the new plan is there, at most half of the horizon */
            delaySteps: number;
            /** @description Where the pull ends, from delaySteps to horizon - delaySteps. Default: where the previous plan ends, within that range */
            executionHorizon?: number;
            /**
             * @description How the pull falls from delaySteps to executionHorizon. Default: exp
             * @enum {string}
             */
            schedule?: "exp" | "linear" | "ones" | "zeros";
            /** @description Bound of the pull of one step. Default: the number of steps */
            maxWeight?: number;
        };
        Webhook: {
            /** @description https address that gets a signed POST when the job has ended */
            url: string;
            /**
             * @description Ends that it is called for. Default: all of them
             * @default [
             *       "succeeded",
             *       "failed",
             *       "cancelled"
             *     ]
             */
            events?: ("succeeded" | "failed" | "cancelled")[];
        };
        SamplingJobPage: {
            /** @description The page, newest first */
            items: components["schemas"]["SamplingJob"][];
            /** @description after of the next page; null: this is the last */
            nextCursor: string | null;
        };
        JobEvent: {
            /**
             * @description Type of the event
             * @enum {string}
             */
            type: "queued";
        } | {
            /**
             * @description Type of the event
             * @enum {string}
             */
            type: "started";
            /** @description Attempts that were started */
            attempt: number;
            /** @description Worker that has the job */
            worker: string;
            /** @description What works but is probably not meant */
            warnings: components["schemas"]["Warning"][];
        } | {
            /**
             * @description Type of the event
             * @enum {string}
             */
            type: "step";
            /** @description Rows that are done */
            completedRows: number;
            /** @description Rows of the job */
            totalRows: number;
            /** @description Denoising steps of all rows that are done */
            completedSteps: number;
            /** @description Denoising steps of all rows */
            totalSteps: number;
            /** @description Seconds until it ends, estimated; null when unknown */
            secondsLeft: number | null;
        } | {
            /**
             * @description Type of the event
             * @enum {string}
             */
            type: "preview";
            /** @description Row of the job */
            row: number;
            /** @description Denoising step of the row */
            step: number;
            /** @description Predicted x0 [horizon, dim], in the units of the actions */
            actions: components["schemas"]["EncodedTensor"];
        } | components["schemas"]["TrainingMetrics"] | {
            /**
             * @description Type of the event
             * @enum {string}
             */
            type: "samples";
            /** @description Optimiser steps done */
            step: number;
            /** @description Rows drawn with the averaged weights [rows, horizon, dim], in the units of the actions */
            actions: components["schemas"]["EncodedTensor"];
        } | {
            /**
             * @description Type of the event
             * @enum {string}
             */
            type: "checkpoint";
            /** @description Optimiser steps done */
            step: number;
            /** @description SHA-256 of the checkpoint */
            sha256: string;
            /** @description Bytes of the checkpoint */
            bytes: number;
        } | {
            /**
             * @description Type of the event
             * @enum {string}
             */
            type: "paused";
        } | {
            /**
             * @description Type of the event
             * @enum {string}
             */
            type: "resumed";
        } | {
            /**
             * @description Type of the event
             * @enum {string}
             */
            type: "succeeded";
        } | {
            /**
             * @description Type of the event
             * @enum {string}
             */
            type: "failed";
            /** @description Why */
            error: components["schemas"]["JobError"];
        } | {
            /**
             * @description Type of the event
             * @enum {string}
             */
            type: "cancelled";
            /** @description Why */
            error: components["schemas"]["JobError"];
        };
        TrainingMetrics: {
            /**
             * @description Type of the event
             * @enum {string}
             */
            type: "metrics";
            /** @description Optimiser steps done */
            step: number;
            /** @description Optimiser steps in all */
            totalSteps: number;
            /** @description Mean loss since the point before; null: not finite */
            loss: number | null;
            /** @description Learning rate of the last step */
            learningRate: number;
            /** @description Norm of the gradient before clipping; null: not finite */
            gradNorm: number | null;
            /** @description Optimiser steps per second since the point before */
            stepsPerSecond: number;
            /** @description Loss of the validation part; null: not measured */
            validationLoss: number | null;
            /** @description Steps whose gradient was not finite and that changed nothing */
            skippedUpdates: number;
        };
        SamplingJobRequest: {
            /** @description Send it again and the same bytes come back: the version, the seed and every option are named. A warm start has become initialActions; a webhook is not given back */
            request: components["schemas"]["RepeatableSamplingRequest"];
            /** @description Paths of the tensors whose numbers are no longer kept, because the job has ended: put them in before you send it */
            missing: string[];
        };
        RepeatableSamplingRequest: {
            /** @description Model: its newest version (robot), a version (robot@3) or an alias (robot@stable) */
            model: string;
            /** @description [N, obsSize] in their own units; left out for a model that takes none */
            observations?: components["schemas"]["Tensor"];
            /**
             * @description Rows per observation. A job has at most 4096 rows, 1000000 rows x steps, and 536870912 bytes of rows and inputs: 4 (rows (3 horizon dim + condition) + numbers of all tensors)
             * @default 1
             */
            samplesPerObservation: number;
            /** @description Denoising steps per row, at most numTrainTimesteps of the model. Default: the model's */
            numInferenceSteps?: number;
            /** @description Noise that each step adds: 0 is deterministic DDIM, 1 is DDPM (with useClippedModelOutput). Default: the model's */
            eta?: number;
            /**
             * @description How the timesteps are picked, as in diffusers. Default: the model's
             * @enum {string}
             */
            timestepSpacing?: "leading" | "trailing" | "linspace" | "quad";
            /** @description Added to every timestep of spacing leading. Default: the model's */
            stepsOffset?: number;
            /**
             * @description What comes before a timestep: the next of the list, or the timestep minus the stride as in diffusers. Default: list
             * @enum {string}
             */
            prevTimestepRule?: "list" | "stride";
            /**
             * @description edifice reproduces Edifice's sampler bit for bit. Default: the model's
             * @enum {string}
             */
            compat?: "edifice" | "none";
            /**
             * @description Variance of the added noise: that of DDIM, or beta as in DDPM with large variance. Default: ddim
             * @enum {string}
             */
            noiseVariance?: "ddim" | "large";
            /** @description Classifier-free guidance; 1 is none. Needs a guidable model. Default: 1 */
            guidanceScale?: number;
            /** @description Share of the rescaling that keeps guided predictions at their unguided spread. Default: 0 */
            guidanceRescale?: number;
            /** @description Whether the predicted x0 is clipped. Default: the model's */
            clipSample?: boolean;
            /** @description Bound of the clipped x0, in normalised action units. Default: the model's */
            clipSampleRange?: number;
            /** @description Dynamic thresholding of the predicted x0 instead of clipping. Default: the model's */
            thresholding?: components["schemas"]["Thresholding"];
            /** @description Whether the noise is derived again from the clipped x0. Default: the model's */
            useClippedModelOutput?: boolean;
            /** @description Timestep to start at, with initialActions or warmStart. Default: the last one */
            startTimestep?: number;
            /** @description Seed of all noise: same request, same bytes. Default: derived from the job's id */
            seed?: number;
            /** @description Noise to start from [rows, horizon, dim]; in mode interpolate its two ends. Default: drawn from the seed */
            initialNoise?: components["schemas"]["Tensor"];
            /** @description Actions to start from, or in mode encode to invert, [rows, horizon, dim] */
            initialActions?: components["schemas"]["Tensor"];
            /** @description Elements of the actions that are known (in-painting) */
            fixedActions?: components["schemas"]["FixedActions"];
            /** @description The plan that is being executed, which the new one is pulled towards where they meet */
            realTimeChunking?: components["schemas"]["RealTimeChunking"];
            /**
             * @description sample: noise to actions; encode: actions to noise; interpolate: actions along the path between two noises
             * @default sample
             * @enum {string}
             */
            mode: "sample" | "encode" | "interpolate";
            /**
             * @description Arithmetic; int8 (on CPUs) and bf16 (on CUDA) are faster where the model offers them
             * @default float32
             * @enum {string}
             */
            precision: "float32" | "int8" | "bf16";
            /**
             * @description Class of the job: interactive before normal before bulk
             * @default normal
             * @enum {string}
             */
            priority: "interactive" | "normal" | "bulk";
            /** @description Milliseconds from acceptance after which the job fails. Default: none */
            deadlineMs?: number;
            /** @description A newer job with the same key and model cancels this one. Default: none */
            supersedeKey?: string;
            /** @description Sends a preview event every so many steps. Default: none */
            previewEvery?: number;
            /**
             * @description The client's own labels, given back with the job
             * @default {}
             */
            metadata: components["schemas"]["Metadata"];
        };
        SamplingTrace: {
            /** @description Attempts that were started; times are those of the last one */
            attempt: number;
            /**
             * Format: date-time
             * @description When the job was accepted
             */
            createdAt: string;
            /** @description When the attempt started; null before */
            startedAt: string | null;
            /** @description When the job ended; null before */
            finishedAt: string | null;
            /** @description Seconds from the start of the attempt until model and inputs were there; null when unknown */
            readySeconds: number | null;
            /** @description Macro-steps that held rows of the job, in order; of a long job several stand together */
            macroSteps: components["schemas"]["SamplingMacroSteps"][];
            /** @description How long the result took to store; null before */
            store: {
                /** @description When the result began to be stored, in seconds from the start of the attempt */
                startSeconds: number;
                /** @description When it was stored, likewise */
                endSeconds: number;
            } | null;
        };
        SamplingMacroSteps: {
            /** @description When the first began, in seconds from the start of the attempt */
            startSeconds: number;
            /** @description When the last ended, likewise */
            endSeconds: number;
            /** @description How many macro-steps: calls of the backend */
            calls: number;
            /** @description Denoising steps that they took; a row that ends in one takes fewer */
            steps: number;
            /** @description Rows of the job in each of them, the mean */
            rows: number;
            /** @description Rows of all jobs in each of them, the mean */
            batchRows: number;
            /** @description Jobs that had rows in each of them, the mean */
            batchJobs: number;
        };
        /**
         * @example {
         *       "model": "robot",
         *       "dataset": "demonstrations",
         *       "preset": "diffusion-policy",
         *       "training": {
         *         "steps": 6000
         *       }
         *     }
         */
        TrainingRequest: {
            /** @description Name of the model that gets a new version */
            model: string;
            /** @description Name of the dataset */
            dataset: string;
            /**
             * @description Where all settings start from
             * @default diffusion-policy
             * @enum {string}
             */
            preset?: "diffusion-policy" | "edifice";
            /**
             * @description Sizes of the network
             * @default {}
             */
            network?: components["schemas"]["NetworkRequest"];
            /**
             * @description Noise schedule, output form and sampling defaults
             * @default {}
             */
            diffusion?: components["schemas"]["DiffusionRequest"];
            /**
             * @description Optimisation
             * @default {}
             */
            training?: components["schemas"]["OptimiserRequest"];
            /** @description Model version to start from. Default: random weights */
            initFrom?: string;
            /**
             * @description Class of the job: interactive before normal before bulk
             * @default normal
             * @enum {string}
             */
            priority?: "interactive" | "normal" | "bulk";
            /** @description What the version takes and gives as a policy. Default: nothing is said */
            policy?: components["schemas"]["PolicyInterface"];
            /** @description What is called when the job has ended. Default: nothing */
            webhook?: components["schemas"]["Webhook"];
            /** @description The client's own labels, given back with the job */
            metadata?: components["schemas"]["Metadata"];
        };
        NetworkRequest: {
            /** @description Width of the network. Default: 256 */
            hiddenSize?: number;
            /** @description Residual blocks. Default: 4 */
            numLayers?: number;
            /**
             * @description edm predicts with EDM's scaling; needs predictionType sample. Default: none
             * @enum {string}
             */
            preconditioning?: "none" | "edm";
            /** @description Standard deviation of preconditioning edm, in normalised action units. Default: by the data */
            sigmaSkip?: number;
        };
        DiffusionRequest: {
            /** @description Timesteps of the noise schedule. Default: length of trainedBetas, else of the preset (100) */
            numTrainTimesteps?: number;
            /**
             * @description Form of the betas, as in diffusers. Default: the preset's (squaredcos_cap_v2)
             * @enum {string}
             */
            betaSchedule?: "linear" | "scaled_linear" | "squaredcos_cap_v2";
            /** @description First beta of a linear schedule. Default: 0.0001 */
            betaStart?: number;
            /** @description Last beta of a linear schedule. Default: 0.02 */
            betaEnd?: number;
            /** @description The betas themselves, numTrainTimesteps of them. Default: by betaSchedule */
            trainedBetas?: number[];
            /**
             * @description What the network predicts. Default: the preset's (epsilon)
             * @enum {string}
             */
            predictionType?: "epsilon" | "sample" | "v_prediction";
            /** @description Whether the predicted x0 is clipped. Default: true */
            clipSample?: boolean;
            /** @description Bound of the clipped x0, in normalised action units. Default: 1 */
            clipSampleRange?: number;
            /** @description Whether the last timestep is pure noise; not with epsilon. Default: false */
            rescaleBetasZeroSnr?: boolean;
            /** @description Whether the final level is free of noise. Default: the preset's (true) */
            setAlphaToOne?: boolean;
            /**
             * @description How sampling picks timesteps, as in diffusers. Default: the preset's (leading)
             * @enum {string}
             */
            timestepSpacing?: "leading" | "trailing" | "linspace" | "quad";
            /** @description Added to every timestep of spacing leading. Default: 0 */
            stepsOffset?: number;
            /** @description Noise that each sampling step adds. Default: 0 */
            eta?: number;
            /** @description Dynamic thresholding in sampling. Default: none */
            thresholding?: components["schemas"]["Thresholding"];
            /** @description Whether sampling derives the noise again from the clipped x0. Default: false */
            useClippedModelOutput?: boolean;
            /** @description Denoising steps of sampling, at most numTrainTimesteps. Default: the preset's (10) */
            numInferenceSteps?: number;
            /**
             * @description edifice samples as Edifice does, bit for bit. Default: none
             * @enum {string}
             */
            compat?: "edifice";
        };
        OptimiserRequest: {
            /** @description Optimiser steps. Default: the preset's (6,000) */
            steps?: number;
            /** @description Pairs per step. Default: the preset's (256) */
            batchSize?: number;
            /** @description Peak learning rate. Default: the preset's (0.0001) */
            learningRate?: number;
            /** @description Decay of AdamW's moments. Default: the preset's ([0.95, 0.999]) */
            adamBetas?: [
                number,
                number
            ];
            /** @description AdamW's epsilon. Default: 1e-8 */
            adamEpsilon?: number;
            /** @description Decoupled weight decay. Default: the preset's (1e-6) */
            weightDecay?: number;
            /** @description Steps of linear warm-up. Default: the preset's (500), a tenth of a run that is shorter */
            warmupSteps?: number;
            /**
             * @description Course of the learning rate after the warm-up. Default: the preset's (cosine)
             * @enum {string}
             */
            lrSchedule?: "cosine" | "constant" | "linear";
            /** @description Largest norm of the gradient; 0: not clipped. Default: the preset's (10) */
            gradClipNorm?: number;
            /** @description How fast the averaged weights follow. Default: 0.75 */
            emaPower?: number;
            /** @description Largest decay of the averaged weights. Default: 0.9999 */
            emaMaxDecay?: number;
            /** @description Share of pairs trained without observation, for guidance. Default: 0 */
            conditionDropout?: number;
            /**
             * @description Weight of timesteps in the loss. Default: none
             * @enum {string}
             */
            lossWeighting?: "none" | "min_snr";
            /** @description Steps between checkpoints. Default: 1,000 */
            checkpointEverySteps?: number;
            /** @description Steps between log points. Default: 50 */
            logEverySteps?: number;
            /** @description Share of pairs kept for validation. Default: 0.05 */
            validationFraction?: number;
            /** @description When it ends before its steps. Default: never */
            earlyStopping?: components["schemas"]["EarlyStopping"];
            /** @description Whether the version has the weights of the lowest validation loss. Default: false, the last ones */
            keepBest?: boolean;
            /** @description Steps between two draws of a few rows, at least a hundredth of steps. Default: none are drawn */
            sampleEvery?: number;
            /** @description Seed of weights, order and noise. Default: derived from the job's id */
            seed?: number;
        };
        EarlyStopping: {
            /** @description Validations in a row without a lower loss that end it */
            patience: number;
            /**
             * @description By how much a loss must be lower to count
             * @default 0
             */
            minDelta?: number;
        };
        TrainingJob: {
            /** @description Id of the job: smp_ or trn_ and a ULID */
            id: string;
            /**
             * @description Where it stands; the last three are final
             * @enum {string}
             */
            status: "queued" | "running" | "paused" | "succeeded" | "failed" | "cancelled";
            /** @description Whose it is; without keys: default */
            owner: string;
            /** @description Id of the API key that it came with; null: there were none */
            key: string | null;
            /** @description Model version that it uses or makes */
            model: components["schemas"]["JobModel"];
            /**
             * Format: date-time
             * @description When it was accepted
             */
            createdAt: string;
            /** @description When its last attempt started; null before */
            startedAt: string | null;
            /** @description When it ended; null before */
            finishedAt: string | null;
            /** @description When a cancel was accepted; null: none was */
            cancelRequestedAt: string | null;
            /** @description What is done of it */
            progress: components["schemas"]["JobProgress"];
            /** @description Jobs that start before it; null unless it waits in line */
            queuePosition: number | null;
            /** @description Seconds until it ends, estimated; null when unknown */
            estimatedSecondsLeft: number | null;
            /** @description How long it took */
            timings: components["schemas"]["JobTimings"];
            /** @description Seed of its noise */
            seed: number;
            /** @description What works but is probably not meant */
            warnings: components["schemas"]["Warning"][];
            /** @description Why it failed or was cancelled; null otherwise */
            error: components["schemas"]["JobError"] | null;
            /** @description Attempts that were started */
            attempts: number;
            /** @description Worker that has it or had it; null before */
            worker: string | null;
            /** @description The client's own labels */
            metadata: components["schemas"]["Metadata"];
            /**
             * @description Kind of the job
             * @enum {string}
             */
            kind: "training";
            /** @description Name of the dataset */
            dataset: string;
            /** @description When its pause was accepted; null unless it is paused, or will be after its present update */
            pausedAt: string | null;
            /** @description The new version; null unless it has succeeded */
            result: components["schemas"]["TrainingJobResult"] | null;
        };
        TrainingJobResult: {
            /** @description The version that it made */
            model: components["schemas"]["JobModel"];
            /** @description SHA-256 of the checkpoint */
            sha256: string;
            /** @description Bytes of the checkpoint */
            bytes: number;
            /** @description Path of the checkpoint */
            href: string;
            /** @description Optimiser steps that were done */
            updates: number;
            /**
             * @description Why it ended: all steps were done, or the validation loss fell no more
             * @enum {string}
             */
            stopReason: "steps" | "early_stopping";
            /** @description Optimiser steps after which the weights are those of the version */
            keptStep: number;
            /** @description Mean loss since the last log point but one; null: not finite */
            finalLoss: number | null;
            /** @description Loss of the weights of the version on the validation part; null: there is none */
            validationLoss: number | null;
        };
        TrainingJobPage: {
            /** @description The page, newest first */
            items: components["schemas"]["TrainingJob"][];
            /** @description after of the next page; null: this is the last */
            nextCursor: string | null;
        };
        TrainingMetricsPage: {
            /** @description Log points by step */
            items: components["schemas"]["TrainingMetrics"][];
        };
        CheckpointList: {
            /** @description Newest first */
            items: {
                /** @description Optimiser steps done */
                step: number;
                /** @description SHA-256 of the checkpoint */
                sha256: string;
                /** @description Bytes of the checkpoint */
                bytes: number;
            }[];
        };
        Dataset: {
            /** @description Name of the dataset */
            name: string;
            /** @description Whose it is; without keys: default */
            owner: string;
            /** @description SHA-256 of the uploaded file */
            sha256: string;
            /** @description Bytes of the uploaded file */
            bytes: number;
            /** @description Pairs of an observation and an action sequence */
            count: number;
            /** @description Numbers of one observation */
            obsSize: number;
            /** @description Steps of one action sequence */
            actionHorizon: number;
            /** @description Numbers of one step */
            actionDim: number;
            /** @description Range of all observations; null: there are none */
            observationRange: components["schemas"]["ValueRange"] | null;
            /** @description Range of all actions */
            actionRange: components["schemas"]["ValueRange"];
            /** @description Steps that action_is_pad marks; they count neither in ranges nor in the loss */
            paddedSteps: number;
            /** @description What works but is probably not meant */
            warnings: components["schemas"]["Warning"][];
            /**
             * Format: date-time
             * @description When it was stored
             */
            createdAt: string;
        };
        ValueRange: {
            /** @description Smallest value, in its own unit */
            min: number;
            /** @description Largest value, in its own unit */
            max: number;
        };
        DatasetList: {
            /** @description All datasets by name */
            items: components["schemas"]["Dataset"][];
        };
        DatasetStatistics: {
            /** @description Name of the dataset */
            name: string;
            /** @description SHA-256 of the file that was measured */
            sha256: string;
            /** @description Each number of an observation; of more than 256 the first 256 */
            observations: components["schemas"]["DimensionStatistics"][];
            /** @description Each number of a step, over all steps; of more than 256 the first */
            actions: components["schemas"]["DimensionStatistics"][];
        };
        DimensionStatistics: {
            /** @description Smallest value, in its own unit */
            min: number;
            /** @description Largest value; the same as min: the dimension never moves */
            max: number;
            /** @description Mean */
            mean: number;
            /** @description Standard deviation */
            deviation: number;
            /** @description Values in 32 equal parts of min..max; all in the first when min is max */
            histogram: number[];
        };
        DatasetRowPage: {
            /** @description Name of the dataset */
            name: string;
            /** @description SHA-256 of the file that was read */
            sha256: string;
            /** @description Row that comes first, from 0 */
            first: number;
            /** @description [rows, obsSize] */
            observations: number[][];
            /** @description [rows, horizon, dim] */
            actions: number[][][];
            /** @description [rows, horizon], true where a step is padding; null: none is */
            padding: boolean[][] | null;
        };
        ModelList: {
            /** @description All models by name */
            items: components["schemas"]["Model"][];
        };
        Model: {
            /** @description Name of the model */
            name: string;
            /** @description Whose it is; without keys: default */
            owner: string;
            /** @description Version that the bare name means */
            latestVersion: number;
            /** @description Versions, ascending */
            versions: components["schemas"]["ModelVersion"][];
            /** @description Version that each alias means */
            aliases: {
                [key: string]: number;
            };
        };
        ModelVersion: {
            /** @description Name of the model */
            name: string;
            /** @description Whose it is; without keys: default */
            owner: string;
            /** @description Version, from 1 */
            version: number;
            /** @description Format of the file that checkpoint downloads */
            format: components["schemas"]["ModelFormat"];
            /** @description SHA-256 of that file */
            sha256: string;
            /** @description Bytes of that file */
            bytes: number;
            /** @description Weights of the network */
            parameters: number;
            /** @description Sizes of the network and what it predicts */
            config: components["schemas"]["ModelConfig"];
            /** @description Defaults of its sampling requests */
            sampling: {
                [key: string]: unknown;
            };
            /** @description False when it was trained without condition dropout, or imported without a null condition */
            guidable: boolean;
            /** @description What int8 costs it; null: not measured, so not offered */
            int8: components["schemas"]["PrecisionReport"] | null;
            /** @description What bf16 costs it; null: not measured, so not offered */
            bf16: components["schemas"]["PrecisionReport"] | null;
            /** @description Losses, steps and seconds of its training */
            metrics: {
                [key: string]: number;
            };
            /** @description Where it comes from: training or import, dataset, settings */
            provenance: {
                [key: string]: unknown;
            };
            /** @description What its training or import was warned of */
            warnings: components["schemas"]["Warning"][];
            /**
             * Format: date-time
             * @description When it was published
             */
            createdAt: string;
            /** @description Null unless requests for it are refused because it made a worker hang */
            hung: components["schemas"]["HungMark"] | null;
            /** @description What it takes and gives as a policy; null: nobody said */
            policy: components["schemas"]["PolicyInterface"] | null;
        };
        /** @enum {string} */
        ModelFormat: "safetensors" | "onnx";
        ModelConfig: {
            /** @description Numbers of one observation */
            obsSize: number;
            /** @description Steps of one action sequence */
            actionHorizon: number;
            /** @description Numbers of one step */
            actionDim: number;
            /** @description Width of the network; null: imported */
            hiddenSize: number | null;
            /** @description Blocks of the network; null: imported */
            numLayers: number | null;
            /** @description Timesteps of the noise schedule */
            numTrainTimesteps: number;
            /** @description What the network predicts */
            predictionType: string;
            /** @description none or edm */
            preconditioning: string;
        };
        PrecisionReport: {
            /** @description Rows that were compared */
            rows: number;
            /** @description Denoising steps of each */
            numInferenceSteps: number;
            /** @description Root of the mean squared difference, relative to the float32 actions; above 0.05 the precision is refused */
            relativeRms: number;
            /** @description Largest difference of an element, in normalised action units */
            largestDifference: number;
            /** @description Share of rows of which a coordinate changed its sign and moved by more than half the range */
            modeChangeRatio: number;
            /** @description What measured it */
            cpu: string;
        };
        HungMark: {
            /**
             * Format: date-time
             * @description When it hung
             */
            at: string;
            /** @description What happened */
            reason: string;
        };
        /**
         * @example {
         *       "version": 3
         *     }
         */
        AliasRequest: {
            /** @description Version that the alias is to mean */
            version: number;
        };
        InferenceServer: {
            /**
             * @description Name of the service
             * @enum {string}
             */
            name: "stride";
            /** @description Version of the API */
            version: string;
            /** @description What it has beyond the protocol */
            extensions: string[];
        };
        InferenceModel: {
            /** @description Name of the model */
            name: string;
            /** @description Its versions */
            versions: string[];
            /**
             * @description What runs it
             * @enum {string}
             */
            platform: "stride";
            /** @description The tensors that it asks for */
            inputs: {
                /** @description Name of the tensor */
                name: string;
                /**
                 * @description Type of the numbers
                 * @enum {string}
                 */
                datatype: "FP32";
                /** @description Sizes, the outermost first; -1: any */
                shape: number[];
            }[];
            /** @description The tensors that it gives */
            outputs: {
                /** @description Name of the tensor */
                name: string;
                /**
                 * @description Type of the numbers
                 * @enum {string}
                 */
                datatype: "FP32";
                /** @description Sizes, the outermost first; -1: any */
                shape: number[];
            }[];
        };
        InferenceModelConfig: {
            /** @description Name of the model */
            name: string;
            /**
             * @description What runs it
             * @enum {string}
             */
            platform: "stride";
            /** @description Rows of one request at most; 0: it takes no observations */
            max_batch_size: number;
            /** @description The tensors that it asks for */
            input: {
                /** @description Name of the tensor */
                name: string;
                /**
                 * @description Type of the numbers
                 * @enum {string}
                 */
                data_type: "TYPE_FP32";
                /** @description Sizes without that of the batch */
                dims: number[];
            }[];
            /** @description The tensors that it gives */
            output: {
                /** @description Name of the tensor */
                name: string;
                /**
                 * @description Type of the numbers
                 * @enum {string}
                 */
                data_type: "TYPE_FP32";
                /** @description Sizes without that of the batch */
                dims: number[];
            }[];
        };
        /**
         * @example {
         *       "parameters": {
         *         "num_inference_steps": 10,
         *         "seed": 7
         *       },
         *       "inputs": [
         *         {
         *           "name": "observations",
         *           "shape": [
         *             1,
         *             3
         *           ],
         *           "datatype": "FP32",
         *           "data": [
         *             0.1,
         *             -0.4,
         *             0.7
         *           ]
         *         }
         *       ]
         *     }
         */
        InferenceRequest: {
            /** @description The client's own name for the request, given back with the answer */
            id?: string;
            /**
             * @description Options of the job
             * @default {}
             */
            parameters?: {
                /** @description Denoising steps per row, at most numTrainTimesteps of the model. Default: the model's */
                num_inference_steps?: number;
                /** @description Noise that each step adds: 0 is deterministic DDIM, 1 is DDPM (with useClippedModelOutput). Default: the model's */
                eta?: number;
                /** @description Seed of all noise: same request, same bytes. Default: derived from the job's id */
                seed?: number;
                /**
                 * @description Rows per observation. A job has at most 4096 rows, 1000000 rows x steps, and 536870912 bytes of rows and inputs: 4 (rows (3 horizon dim + condition) + numbers of all tensors)
                 * @default 1
                 */
                samples_per_observation?: number;
                /**
                 * @description How the timesteps are picked, as in diffusers. Default: the model's
                 * @enum {string}
                 */
                timestep_spacing?: "leading" | "trailing" | "linspace" | "quad";
                /** @description Added to every timestep of spacing leading. Default: the model's */
                steps_offset?: number;
                /**
                 * @description What comes before a timestep: the next of the list, or the timestep minus the stride as in diffusers. Default: list
                 * @enum {string}
                 */
                prev_timestep_rule?: "list" | "stride";
                /**
                 * @description edifice reproduces Edifice's sampler bit for bit. Default: the model's
                 * @enum {string}
                 */
                compat?: "edifice" | "none";
                /**
                 * @description Variance of the added noise: that of DDIM, or beta as in DDPM with large variance. Default: ddim
                 * @enum {string}
                 */
                noise_variance?: "ddim" | "large";
                /** @description Classifier-free guidance; 1 is none. Needs a guidable model. Default: 1 */
                guidance_scale?: number;
                /** @description Share of the rescaling that keeps guided predictions at their unguided spread. Default: 0 */
                guidance_rescale?: number;
                /** @description Whether the predicted x0 is clipped. Default: the model's */
                clip_sample?: boolean;
                /** @description Bound of the clipped x0, in normalised action units. Default: the model's */
                clip_sample_range?: number;
                /** @description Whether the noise is derived again from the clipped x0. Default: the model's */
                use_clipped_model_output?: boolean;
                /**
                 * @description Arithmetic; int8 (on CPUs) and bf16 (on CUDA) are faster where the model offers them
                 * @default float32
                 * @enum {string}
                 */
                precision?: "float32" | "int8" | "bf16";
                /** @description A newer job with the same key and model cancels this one. Default: none */
                supersede_key?: string;
                /** @description Class of the job: 1 (interactive), 2 (normal), 3 (bulk) or its name; 0: the default, normal */
                priority?: number | ("interactive" | "normal" | "bulk");
                /** @description Microseconds from acceptance after which the job fails; 0: none */
                timeout?: number;
                /** @description Whether outputs come as bytes behind the JSON. Default: false */
                binary_data_output?: boolean;
            };
            /** @description The tensors of the request */
            inputs: {
                /** @description Name of the tensor */
                name: string;
                /** @description Sizes, the outermost first */
                shape: number[];
                /** @description FP32, INT32 or INT64, as the tensor asks */
                datatype: string;
                /** @description How it travels */
                parameters?: {
                    /** @description Bytes of it behind the JSON, in the order of the inputs */
                    binary_data_size?: number;
                };
                /** @description The numbers, row-major, flat or nested; left out where they follow the JSON as bytes */
                data?: unknown[];
            }[];
            /** @description The tensors of the answer. Default: all */
            outputs?: {
                /**
                 * @description Name of the tensor
                 * @enum {string}
                 */
                name: "actions";
                /** @description How it travels */
                parameters?: {
                    /** @description Whether it comes as bytes behind the JSON */
                    binary_data?: boolean;
                };
            }[];
        };
        InferenceAnswer: {
            /** @description Name of the model */
            model_name: string;
            /** @description Version that was used */
            model_version: string;
            /** @description As the request said it */
            id?: string;
            /** @description What became of the request */
            parameters: {
                /** @description Id of the sampling job */
                job: string;
                /** @description Seed of its noise: with it the same request gives the same bytes */
                seed: number;
            };
            /** @description The tensors */
            outputs: {
                /**
                 * @description Name of the tensor
                 * @enum {string}
                 */
                name: "actions";
                /**
                 * @description Type of the numbers
                 * @enum {string}
                 */
                datatype: "FP32";
                /** @description [observations * samples_per_observation, horizon, dim] */
                shape: number[];
                /** @description How it travels */
                parameters?: {
                    /** @description Bytes of it behind the JSON */
                    binary_data_size: number;
                };
                /** @description The numbers, row-major; absent where they follow the JSON as bytes */
                data?: number[];
            }[];
        };
        Live: {
            /**
             * @description ok
             * @enum {string}
             */
            status: "ok";
        };
        Ready: {
            /**
             * @description ok: send requests here
             * @enum {string}
             */
            status: "ok" | "error" | "shutting_down";
        } & {
            [key: string]: unknown;
        };
        Artifact: {
            /** @description art_ and the SHA-256 */
            id: string;
            /** @description SHA-256 of the bytes */
            sha256: string;
            /** @description Bytes */
            bytes: number;
        };
        WebhookDeliveryPage: {
            /** @description Deliveries, those of the newest jobs first */
            items: components["schemas"]["WebhookDelivery"][];
            /** @description after of the next page; null: this is the last */
            nextCursor: string | null;
        };
        WebhookDelivery: {
            /** @description Header webhook-id of every attempt: whk_ and the id of the job */
            id: string;
            /** @description Id of the job that has ended */
            jobId: string;
            /**
             * @description How the job has ended
             * @enum {string}
             */
            event: "succeeded" | "failed" | "cancelled";
            /** @description Address that is called */
            url: string;
            /**
             * @description waiting: an attempt runs or is to come; failed: none will come
             * @enum {string}
             */
            status: "waiting" | "delivered" | "failed";
            /** @description Attempts that have ended since it was last asked for */
            attempts: number;
            /**
             * Format: date-time
             * @description When the end of the job was noticed
             */
            createdAt: string;
            /** @description When the next attempt is due; null unless one is put off */
            nextAttemptAt: string | null;
            /** @description What came of the last attempt; null before */
            lastAnswer: components["schemas"]["WebhookAnswer"] | null;
        };
        WebhookAnswer: {
            /**
             * Format: date-time
             * @description When it came
             */
            at: string;
            /** @description HTTP status; null: no answer came */
            status: number | null;
            /** @description Why no answer came; null: one did */
            fault: ("address_forbidden" | "name_not_found" | "connection_failed" | "certificate_refused" | "timeout" | "receiver_disabled" | "secret_missing") | null;
        };
        WebhookSecret: {
            /** @description whsec_ and the base64 of the key that signs: shown this once */
            secret: string;
            /**
             * Format: date-time
             * @description When it was made
             */
            createdAt: string;
            /** @description Until when the secret before signs, too; null: there is none */
            previousUntil: string | null;
        };
        WorkerList: {
            /** @description In the order of their starts */
            items: components["schemas"]["WorkerInfo"][];
        };
        WorkerInfo: {
            /** @description Id of the process */
            id: string;
            /** @description Host name */
            host: string;
            /** @description Process id */
            pid: number;
            /**
             * Format: date-time
             * @description When it started
             */
            startedAt: string;
            /**
             * Format: date-time
             * @description When it was last heard of: every 5 s, and every second while somebody watches
             */
            lastHeartbeatAt: string;
            /** @description Queues that it takes jobs from */
            queues: string[];
            /**
             * @description State of its engine
             * @enum {string}
             */
            status: "starting" | "running" | "draining" | "failed";
            /**
             * @description Why it takes no jobs for now; what it holds runs on
             * @default []
             */
            pauses: components["schemas"]["Pause"][];
            /** @description cuda or webgpu (kernels of our own), onnx or tfjs */
            backend: string;
            /** @description What the backend runs on, such as cpu or cuda */
            provider: string;
            /**
             * @description Why it runs on this; empty: its release does not say
             * @default
             */
            providerReason: string;
            /** @description Name of the device */
            device: string;
            /**
             * @description Devices with an engine thread each, or the only one
             * @default []
             */
            devices: string[];
            /** @description Version of the backend */
            version: string;
            /**
             * @description In which sampling jobs may run there
             * @default [
             *       "float32"
             *     ]
             */
            precisions: ("float32" | "int8" | "bf16")[];
            /** @description Providers that were tried before, and why they were not taken */
            rejectedProviders: {
                /** @description Provider */
                provider: string;
                /** @description Why it was not taken */
                reason: string;
            }[];
            /** @description Engine threads */
            engineThreads: number;
            /** @description Jobs that it holds */
            jobsRunning: number;
            /** @description Rows that have started and not ended */
            rowsRunning: number;
            /** @description Rows in the engine that have not started */
            rowsWaiting: number;
            /** @description Model versions in memory */
            models: string[];
            /** @description Denoising steps of single rows since the start */
            rowStepsTotal: number;
            /** @description Denoising steps of single rows per second, over the last minute */
            rowStepsPerSecond: number;
            /** @description Rows that ended per second, over the last minute */
            samplesPerSecond: number;
            /** @description Seconds of one batched step over the last minute; null while nothing ran */
            stepSeconds: {
                /** @description Median */
                p50: number;
                /** @description 95th percentile */
                p95: number;
                /** @description 99th percentile */
                p99: number;
                /** @description Steps that were measured */
                count: number;
            } | null;
            /**
             * @description Seconds of the fastest step of one row alone that was ever seen, by model version
             * @default []
             */
            leastStepSeconds: {
                /** @description Model version */
                model: string;
                /**
                 * @description In which it was sampled
                 * @enum {string}
                 */
                precision: "float32" | "int8" | "bf16";
                /** @description Of one step */
                seconds: number;
            }[];
            /**
             * @description The same and more over the last seconds; null: its release does not say
             * @default null
             */
            recent: components["schemas"]["RecentFigures"] | null;
            /** @description Where Prometheus finds its metrics */
            metricsUrl: string;
        };
        RecentFigures: {
            /** @description How long these last seconds are */
            seconds: number;
            /** @description Denoising steps of single rows per second */
            rowStepsPerSecond: number;
            /** @description Rows that ended per second */
            samplesPerSecond: number;
            /** @description Mean rows of a batched step; null while nothing ran */
            rowsPerStep: number | null;
            /** @description Seconds of one batched step; null while nothing ran */
            stepSeconds: {
                /** @description Median */
                p50: number;
                /** @description 95th percentile */
                p95: number;
                /** @description 99th percentile */
                p99: number;
            } | null;
            /** @description The engine threads by number */
            threads: {
                /** @description Number of the thread, from 0 */
                thread: number;
                /**
                 * @description What it does
                 * @enum {string}
                 */
                status: "starting" | "idle" | "loading" | "busy" | "dead" | "stopped";
                /** @description Share of the last seconds that it spent inside the backend */
                occupancyRatio: number;
            }[];
        };
        ScrapeTarget: {
            /** @description host:port of one worker */
            targets: string[];
            /** @description Labels of all its series */
            labels: {
                [key: string]: string;
            };
        };
        Stats: {
            /** @description Jobs of each queue */
            queues: {
                /** @description Jobs of queue sampling */
                sampling: components["schemas"]["QueueCounts"];
                /** @description Jobs of queue training */
                training: components["schemas"]["QueueCounts"];
            };
            /** @description Live workers */
            workers: number;
            /** @description Rows that have started and not ended, of all workers */
            rowsRunning: number;
            /** @description Rows in engines that have not started, of all workers */
            rowsWaiting: number;
            /** @description Rows that ended per second, over the last minute */
            samplesPerSecond: number;
            /** @description Denoising steps of single rows per second, over the last minute */
            rowStepsPerSecond: number;
            /** @description Seconds of one batched step over the last minute, the slowest worker's; null while nothing ran */
            stepSeconds: {
                /** @description Median */
                p50: number;
                /** @description 95th percentile */
                p95: number;
                /** @description 99th percentile */
                p99: number;
            } | null;
        };
        QueueCounts: {
            /** @description Jobs in line */
            waiting: number;
            /** @description Jobs that run */
            active: number;
            /** @description Jobs that wait for another attempt */
            delayed: number;
            /** @description Jobs that are paused */
            paused: number;
            /** @description Kept jobs that have succeeded */
            succeeded: number;
            /** @description Kept jobs that have failed or were cancelled */
            failed: number;
        };
        Problem: {
            /** @description URN of the code */
            type: string;
            /** @description The code in words */
            title: string;
            /** @description HTTP status */
            status: number;
            /** @description What is wrong, for people */
            detail: string;
            /** @description What is wrong, for programs: stable */
            code: string;
            /** @description Id of the request, also in the log of the service */
            requestId: string;
            /** @description Each field at fault */
            errors?: {
                /** @description Dotted path of the field, with positions as numbers */
                path: string;
                /** @description What is allowed there, and what came */
                message: string;
            }[];
        };
        InferenceError: {
            /** @description Stable code, a colon, and what is wrong in words */
            error: string;
        };
    };
    responses: {
        /** @description Any other refusal; `code` says why. */
        Problem: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Any other refusal; `code` says why. */
        InferenceError: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /** @description `bad_request`: The request is not well-formed HTTP, or its body ended early. */
        Problem400: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `forbidden_origin`: The request names a host or an origin that is not the service's own; a web page may have sent it.
         *
         *     `forbidden_scope`: The API key lacks the scope that this operation needs.
         */
        Problem403: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `headers_too_large`: The headers are larger than 16 KiB. */
        Problem431: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `internal_error`: Something went wrong that nobody expected; the cause is in the log of the service. */
        Problem500: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `key_expired`: The API key has expired, or was rotated and its overlap is over.
         *
         *     `key_revoked`: The API key was revoked.
         *
         *     `unauthorized`: The service asks for an API key, and there is none, or one that nobody gave out.
         */
        Problem401: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `overloaded`: This process has as many requests open as it takes.
         *
         *     `queue_unavailable`: Redis cannot be reached; nothing was accepted.
         *
         *     `shutting_down`: This process is ending.
         */
        Problem503: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `rate_limited`: The key has sent more requests in this second than it may. */
        Problem429: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `request_timeout`: The headers or the body did not arrive in time: 30 s for JSON, 64 KiB/s for uploads. */
        Problem408: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `bad_request`: The request is not well-formed HTTP, or its body ended early.
         *
         *     `invalid_json`: The body is not JSON in UTF-8, is empty, names a member twice, or is nested too deep.
         */
        Problem400_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `payload_too_large`: The body is larger than the operation takes: 1 MiB for JSON. */
        Problem413: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `unknown_field`: The request has a member that the operation does not know.
         *
         *     `validation_failed`: A field has a value that is not allowed; errors names each of them.
         */
        Problem422: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `unsupported_encoding`: The body is compressed in a way that the operation does not take.
         *
         *     `unsupported_media_type`: Content-Type is not what the operation takes.
         */
        Problem415: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `bad_request`: The request is not well-formed HTTP, or its body ended early.
         *
         *     `invalid_id`: An id, a name or another part of the path is not well-formed.
         */
        Problem400_3: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not_found`: There is no such route, or no such object that this key may see. */
        Problem404: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `bad_request`: The request is not well-formed HTTP, or its body ended early.
         *
         *     `invalid_id`: An id, a name or another part of the path is not well-formed.
         *
         *     `invalid_json`: The body is not JSON in UTF-8, is empty, names a member twice, or is nested too deep.
         */
        Problem400_4: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `forbidden_origin`: The request names a host or an origin that is not the service's own; a web page may have sent it. */
        Problem403_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `overloaded`: This process has as many requests open as it takes.
         *
         *     `shutting_down`: This process is ending.
         */
        Problem503_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `artifact_corrupt`: Stored bytes are not what was stored. */
        Problem422_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `artifact_missing`: Bytes that a record names are not in the store.
         *
         *     `artifact_store_error`: The artifact store cannot be used.
         *
         *     `overloaded`: This process has as many requests open as it takes.
         *
         *     `queue_unavailable`: Redis cannot be reached; nothing was accepted.
         *
         *     `shutting_down`: This process is ending.
         */
        Problem503_3: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `model_not_found`: There is no such model, version or alias that this key may see. */
        Problem404_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `artifact_corrupt`: Stored bytes are not what was stored.
         *
         *     `idempotency_key_reused`: An earlier request with this Idempotency-Key was a different one.
         *
         *     `invalid_webhook_url`: The address of the webhook is not an https address that may be called.
         *
         *     `limit_exceeded`: The request or the file is larger than the service takes.
         *
         *     `unknown_field`: The request has a member that the operation does not know.
         *
         *     `validation_failed`: A field has a value that is not allowed; errors names each of them.
         *
         *     `webhook_address_forbidden`: The address of the webhook is private or reserved.
         */
        Problem422_3: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `artifact_missing`: Bytes that a record names are not in the store.
         *
         *     `artifact_store_error`: The artifact store cannot be used.
         *
         *     `outcome_unknown`: The connection to Redis broke while the job was being accepted; it may or may not be queued.
         *
         *     `overloaded`: This process has as many requests open as it takes.
         *
         *     `queue_full`: As many jobs wait as the queue takes.
         *
         *     `queue_unavailable`: Redis cannot be reached; nothing was accepted.
         *
         *     `shutting_down`: This process is ending.
         *
         *     `storage_full`: The disk of the artifact store is nearly full.
         */
        Problem503_4: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `bad_request`: The request is not well-formed HTTP, or its body ended early.
         *
         *     `invalid_idempotency_key`: The header Idempotency-Key is empty, too long or holds characters that it must not.
         *
         *     `invalid_json`: The body is not JSON in UTF-8, is empty, names a member twice, or is nested too deep.
         */
        Problem400_5: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `quota_exceeded`: A limit of the key is used up: row-steps, queued jobs or stored bytes.
         *
         *     `rate_limited`: The key has sent more requests in this second than it may.
         *
         *     `too_many_deliveries`: Too many webhooks of this owner wait to be delivered.
         */
        Problem429_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `webhook_secret_missing`: Webhooks need a secret that signs them, and there is none yet. */
        Problem409: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `bad_request`: The request is not well-formed HTTP, or its body ended early.
         *
         *     `invalid_cursor`: The cursor of a list or of an event stream is none that the service gave out.
         */
        Problem400_6: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `artifact_corrupt`: Stored bytes are not what was stored.
         *
         *     `bf16_not_measured`: The error of this version in bf16 was not measured, so bf16 is not offered.
         *
         *     `bf16_too_inaccurate`: This version errs too much in bf16.
         *
         *     `bf16_unavailable`: A worker that might get the job does not compute in bf16.
         *
         *     `deadline_exceeded`: The result could not be had before the deadline, or certainly cannot.
         *
         *     `epsilon_at_zero_snr`: The noise schedule ends in pure noise, where predicting the noise says nothing.
         *
         *     `idempotency_key_reused`: An earlier request with this Idempotency-Key was a different one.
         *
         *     `int8_not_measured`: The error of this version in int8 was not measured, so int8 is not offered.
         *
         *     `int8_too_inaccurate`: This version errs too much in int8.
         *
         *     `int8_unavailable`: No worker that runs now computes in int8.
         *
         *     `invalid_npy`: The file is not a valid npy file.
         *
         *     `invalid_safetensors`: The file is not a valid safetensors file.
         *
         *     `invalid_webhook_url`: The address of the webhook is not an https address that may be called.
         *
         *     `limit_exceeded`: The request or the file is larger than the service takes.
         *
         *     `model_hangs`: The version computed without end before, so it is not run any more.
         *
         *     `model_not_guidable`: Guidance needs a model that was trained with conditionDropout.
         *
         *     `non_finite_input`: The data hold a number that is infinite or not a number.
         *
         *     `shape_mismatch`: An array has another shape than the model or the request asks for.
         *
         *     `size_mismatch`: The bytes of an array are more or fewer than its shape and type ask for.
         *
         *     `too_many_tensors`: The file holds more tensors than the service reads.
         *
         *     `unknown_field`: The request has a member that the operation does not know.
         *
         *     `unsupported_dtype`: An array has a type of numbers that is not read.
         *
         *     `unsupported_format`: The file, or a version in it, is of a form that is not read.
         *
         *     `unsupported_option`: The backend or the training does not have this option.
         *
         *     `validation_failed`: A field has a value that is not allowed; errors names each of them.
         *
         *     `webhook_address_forbidden`: The address of the webhook is private or reserved.
         */
        Problem422_4: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `artifact_not_found`: There is no such artifact that this key may see, or it was removed since.
         *
         *     `model_not_found`: There is no such model, version or alias that this key may see.
         */
        Problem404_3: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `model_not_ready`: The first version of the model is still being trained.
         *
         *     `webhook_secret_missing`: Webhooks need a secret that signs them, and there is none yet.
         */
        Problem409_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `job_cancelled`: The job was cancelled, so it has no result.
         *
         *     `job_failed`: The job failed, so it has no result; detail has the code of its error.
         *
         *     `job_not_finished`: The job is still waiting or running, so it has no result yet.
         */
        Problem409_3: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not_acceptable`: The answer cannot be had in any form that Accept names. */
        Problem406: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `result_expired`: The result is no longer kept. */
        Problem410: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `bad_request`: The request is not well-formed HTTP, or its body ended early.
         *
         *     `invalid_cursor`: The cursor of a list or of an event stream is none that the service gave out.
         *
         *     `invalid_id`: An id, a name or another part of the path is not well-formed.
         */
        Problem400_7: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `job_finished`: The job has ended already, so it cannot be changed any more. */
        Problem409_4: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `artifact_corrupt`: Stored bytes are not what was stored.
         *
         *     `dataset_invalid`: The file is no dataset: an array is missing, or the sizes do not fit together.
         *
         *     `epsilon_at_zero_snr`: The noise schedule ends in pure noise, where predicting the noise says nothing.
         *
         *     `idempotency_key_reused`: An earlier request with this Idempotency-Key was a different one.
         *
         *     `invalid_webhook_url`: The address of the webhook is not an https address that may be called.
         *
         *     `limit_exceeded`: The request or the file is larger than the service takes.
         *
         *     `shape_mismatch`: An array has another shape than the model or the request asks for.
         *
         *     `unknown_field`: The request has a member that the operation does not know.
         *
         *     `unsupported_option`: The backend or the training does not have this option.
         *
         *     `validation_failed`: A field has a value that is not allowed; errors names each of them.
         *
         *     `webhook_address_forbidden`: The address of the webhook is private or reserved.
         */
        Problem422_5: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `checkpoint_mismatch`: The checkpoint or the stored state belongs to another network, another data set or another run.
         *
         *     `name_taken`: Another owner has a model or a dataset of this name.
         *
         *     `webhook_secret_missing`: Webhooks need a secret that signs them, and there is none yet.
         */
        Problem409_5: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `dataset_not_found`: There is no such dataset that this key may see.
         *
         *     `model_not_found`: There is no such model, version or alias that this key may see.
         */
        Problem404_4: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `dataset_not_found`: There is no such dataset that this key may see. */
        Problem404_5: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `artifact_store_error`: The artifact store cannot be used.
         *
         *     `overloaded`: This process has as many requests open as it takes.
         *
         *     `queue_unavailable`: Redis cannot be reached; nothing was accepted.
         *
         *     `shutting_down`: This process is ending.
         *
         *     `storage_full`: The disk of the artifact store is nearly full.
         */
        Problem503_5: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `dataset_invalid`: The file is no dataset: an array is missing, or the sizes do not fit together.
         *
         *     `digest_mismatch`: The bytes that arrived do not hash to what the request declares.
         *
         *     `invalid_npy`: The file is not a valid npy file.
         *
         *     `invalid_safetensors`: The file is not a valid safetensors file.
         *
         *     `invalid_zip`: The archive is damaged, or uses a feature of zip that npz files do not need.
         *
         *     `invalid_zip_name`: A name in the archive leads out of it, or stands there twice.
         *
         *     `limit_exceeded`: The request or the file is larger than the service takes.
         *
         *     `non_finite_input`: The data hold a number that is infinite or not a number.
         *
         *     `shape_mismatch`: An array has another shape than the model or the request asks for.
         *
         *     `size_mismatch`: The bytes of an array are more or fewer than its shape and type ask for.
         *
         *     `too_many_tensors`: The file holds more tensors than the service reads.
         *
         *     `unsupported_dtype`: An array has a type of numbers that is not read.
         *
         *     `unsupported_format`: The file, or a version in it, is of a form that is not read.
         */
        Problem422_6: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `decompressed_too_large`: The upload unpacks to more than the service takes.
         *
         *     `payload_too_large`: The body is larger than the operation takes: 1 MiB for JSON.
         */
        Problem413_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `name_taken`: Another owner has a model or a dataset of this name. */
        Problem409_6: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `quota_exceeded`: A limit of the key is used up: row-steps, queued jobs or stored bytes.
         *
         *     `rate_limited`: The key has sent more requests in this second than it may.
         */
        Problem429_3: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `artifact_corrupt`: Stored bytes are not what was stored.
         *
         *     `limit_exceeded`: The request or the file is larger than the service takes.
         *
         *     `unknown_field`: The request has a member that the operation does not know.
         *
         *     `validation_failed`: A field has a value that is not allowed; errors names each of them.
         */
        Problem422_7: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `artifact_corrupt`: Stored bytes are not what was stored.
         *
         *     `epsilon_at_zero_snr`: The noise schedule ends in pure noise, where predicting the noise says nothing.
         *
         *     `limit_exceeded`: The request or the file is larger than the service takes.
         *
         *     `model_not_exportable`: The sampler of this version cannot be written as one ONNX file.
         *
         *     `unknown_field`: The request has a member that the operation does not know.
         *
         *     `unsupported_option`: The backend or the training does not have this option.
         *
         *     `validation_failed`: A field has a value that is not allowed; errors names each of them.
         */
        Problem422_8: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `artifact_corrupt`: Stored bytes are not what was stored.
         *
         *     `digest_mismatch`: The bytes that arrived do not hash to what the request declares.
         *
         *     `epsilon_at_zero_snr`: The noise schedule ends in pure noise, where predicting the noise says nothing.
         *
         *     `invalid_npy`: The file is not a valid npy file.
         *
         *     `invalid_onnx`: The file is not an ONNX model.
         *
         *     `invalid_safetensors`: The file is not a valid safetensors file.
         *
         *     `limit_exceeded`: The request or the file is larger than the service takes.
         *
         *     `non_finite_input`: The data hold a number that is infinite or not a number.
         *
         *     `non_finite_output`: The imported denoiser gave numbers that are not finite.
         *
         *     `onnx_custom_operator`: The ONNX file uses operators that ONNX does not define.
         *
         *     `onnx_external_data`: The ONNX file keeps weights in another file.
         *
         *     `onnx_input_mismatch`: The ONNX file has inputs of other names, types or shapes.
         *
         *     `onnx_not_deterministic`: The denoiser gave two answers to the same input.
         *
         *     `onnx_not_runnable`: ONNX Runtime refuses the file; detail has its words.
         *
         *     `onnx_opset_unsupported`: The ONNX file needs an operator set that is not supported.
         *
         *     `onnx_output_mismatch`: The ONNX file has an output of another shape or type.
         *
         *     `onnx_probe_crashed`: The process that tried the denoiser died.
         *
         *     `onnx_probe_out_of_memory`: The denoiser needed more memory than the trial has.
         *
         *     `onnx_probe_timed_out`: The trial of the denoiser took too long.
         *
         *     `onnx_rows_not_independent`: The answer for a row depends on the rows beside it.
         *
         *     `onnx_unknown_field`: The ONNX file has a field that ONNX does not define.
         *
         *     `shape_mismatch`: An array has another shape than the model or the request asks for.
         *
         *     `size_mismatch`: The bytes of an array are more or fewer than its shape and type ask for.
         *
         *     `too_many_tensors`: The file holds more tensors than the service reads.
         *
         *     `truncated_onnx`: The ONNX file is cut off or damaged.
         *
         *     `unknown_field`: The request has a member that the operation does not know.
         *
         *     `unsupported_dtype`: An array has a type of numbers that is not read.
         *
         *     `unsupported_format`: The file, or a version in it, is of a form that is not read.
         *
         *     `validation_failed`: A field has a value that is not allowed; errors names each of them.
         */
        Problem422_9: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `checkpoint_mismatch`: The checkpoint or the stored state belongs to another network, another data set or another run.
         *
         *     `name_taken`: Another owner has a model or a dataset of this name.
         */
        Problem409_7: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `artifact_corrupt`: Stored bytes are not what was stored.
         *
         *     `unknown_field`: The request has a member that the operation does not know.
         *
         *     `validation_failed`: A field has a value that is not allowed; errors names each of them.
         */
        Problem422_10: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `bad_request`: The request is not well-formed HTTP, or its body ended early. */
        InferenceError400: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /** @description `forbidden_origin`: The request names a host or an origin that is not the service's own; a web page may have sent it. */
        InferenceError403: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /** @description `headers_too_large`: The headers are larger than 16 KiB. */
        InferenceError431: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /** @description `internal_error`: Something went wrong that nobody expected; the cause is in the log of the service. */
        InferenceError500: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `overloaded`: This process has as many requests open as it takes.
         *
         *     `shutting_down`: This process is ending.
         */
        InferenceError503: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /** @description `request_timeout`: The headers or the body did not arrive in time: 30 s for JSON, 64 KiB/s for uploads. */
        InferenceError408: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `overloaded`: This process has as many requests open as it takes.
         *
         *     `queue_unavailable`: Redis cannot be reached; nothing was accepted.
         *
         *     `shutting_down`: This process is ending.
         */
        InferenceError503_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /** @description `artifact_corrupt`: Stored bytes are not what was stored. */
        InferenceError422: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `artifact_missing`: Bytes that a record names are not in the store.
         *
         *     `artifact_store_error`: The artifact store cannot be used.
         *
         *     `overloaded`: This process has as many requests open as it takes.
         *
         *     `queue_unavailable`: Redis cannot be reached; nothing was accepted.
         *
         *     `shutting_down`: This process is ending.
         */
        InferenceError503_3: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `bad_request`: The request is not well-formed HTTP, or its body ended early.
         *
         *     `invalid_id`: An id, a name or another part of the path is not well-formed.
         */
        InferenceError400_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `forbidden_origin`: The request names a host or an origin that is not the service's own; a web page may have sent it.
         *
         *     `forbidden_scope`: The API key lacks the scope that this operation needs.
         */
        InferenceError403_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `key_expired`: The API key has expired, or was rotated and its overlap is over.
         *
         *     `key_revoked`: The API key was revoked.
         *
         *     `unauthorized`: The service asks for an API key, and there is none, or one that nobody gave out.
         */
        InferenceError401: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /** @description `model_not_found`: There is no such model, version or alias that this key may see. */
        InferenceError404: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /** @description `rate_limited`: The key has sent more requests in this second than it may. */
        InferenceError429: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `artifact_corrupt`: Stored bytes are not what was stored.
         *
         *     `bf16_not_measured`: The error of this version in bf16 was not measured, so bf16 is not offered.
         *
         *     `bf16_too_inaccurate`: This version errs too much in bf16.
         *
         *     `bf16_unavailable`: A worker that might get the job does not compute in bf16.
         *
         *     `deadline_exceeded`: The result could not be had before the deadline, or certainly cannot.
         *
         *     `epsilon_at_zero_snr`: The noise schedule ends in pure noise, where predicting the noise says nothing.
         *
         *     `idempotency_key_reused`: An earlier request with this Idempotency-Key was a different one.
         *
         *     `int8_not_measured`: The error of this version in int8 was not measured, so int8 is not offered.
         *
         *     `int8_too_inaccurate`: This version errs too much in int8.
         *
         *     `int8_unavailable`: No worker that runs now computes in int8.
         *
         *     `invalid_npy`: The file is not a valid npy file.
         *
         *     `invalid_safetensors`: The file is not a valid safetensors file.
         *
         *     `invalid_webhook_url`: The address of the webhook is not an https address that may be called.
         *
         *     `limit_exceeded`: The request or the file is larger than the service takes.
         *
         *     `model_hangs`: The version computed without end before, so it is not run any more.
         *
         *     `model_not_guidable`: Guidance needs a model that was trained with conditionDropout.
         *
         *     `non_finite_input`: The data hold a number that is infinite or not a number.
         *
         *     `shape_mismatch`: An array has another shape than the model or the request asks for.
         *
         *     `size_mismatch`: The bytes of an array are more or fewer than its shape and type ask for.
         *
         *     `too_many_tensors`: The file holds more tensors than the service reads.
         *
         *     `unknown_field`: The request has a member that the operation does not know.
         *
         *     `unsupported_dtype`: An array has a type of numbers that is not read.
         *
         *     `unsupported_format`: The file, or a version in it, is of a form that is not read.
         *
         *     `unsupported_option`: The backend or the training does not have this option.
         *
         *     `validation_failed`: A field has a value that is not allowed; errors names each of them.
         *
         *     `webhook_address_forbidden`: The address of the webhook is private or reserved.
         */
        InferenceError422_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `artifact_missing`: Bytes that a record names are not in the store.
         *
         *     `artifact_store_error`: The artifact store cannot be used.
         *
         *     `outcome_unknown`: The connection to Redis broke while the job was being accepted; it may or may not be queued.
         *
         *     `overloaded`: This process has as many requests open as it takes.
         *
         *     `queue_full`: As many jobs wait as the queue takes.
         *
         *     `queue_unavailable`: Redis cannot be reached; nothing was accepted.
         *
         *     `shutting_down`: This process is ending.
         *
         *     `storage_full`: The disk of the artifact store is nearly full.
         */
        InferenceError503_4: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `artifact_not_found`: There is no such artifact that this key may see, or it was removed since.
         *
         *     `model_not_found`: There is no such model, version or alias that this key may see.
         */
        InferenceError404_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `bad_request`: The request is not well-formed HTTP, or its body ended early.
         *
         *     `invalid_id`: An id, a name or another part of the path is not well-formed.
         *
         *     `invalid_idempotency_key`: The header Idempotency-Key is empty, too long or holds characters that it must not.
         *
         *     `invalid_json`: The body is not JSON in UTF-8, is empty, names a member twice, or is nested too deep.
         */
        InferenceError400_3: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `decompressed_too_large`: The upload unpacks to more than the service takes.
         *
         *     `payload_too_large`: The body is larger than the operation takes: 1 MiB for JSON.
         */
        InferenceError413: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `job_cancelled`: The job was cancelled, so it has no result.
         *
         *     `job_failed`: The job failed, so it has no result; detail has the code of its error.
         *
         *     `model_not_ready`: The first version of the model is still being trained.
         *
         *     `webhook_secret_missing`: Webhooks need a secret that signs them, and there is none yet.
         */
        InferenceError409: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `quota_exceeded`: A limit of the key is used up: row-steps, queued jobs or stored bytes.
         *
         *     `rate_limited`: The key has sent more requests in this second than it may.
         *
         *     `too_many_deliveries`: Too many webhooks of this owner wait to be delivered.
         */
        InferenceError429_2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `unsupported_encoding`: The body is compressed in a way that the operation does not take.
         *
         *     `unsupported_media_type`: Content-Type is not what the operation takes.
         */
        InferenceError415: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InferenceError"];
            };
        };
        /**
         * @description `digest_mismatch`: The bytes that arrived do not hash to what the request declares.
         *
         *     `invalid_npy`: The file is not a valid npy file.
         *
         *     `invalid_safetensors`: The file is not a valid safetensors file.
         *
         *     `limit_exceeded`: The request or the file is larger than the service takes.
         *
         *     `non_finite_input`: The data hold a number that is infinite or not a number.
         *
         *     `shape_mismatch`: An array has another shape than the model or the request asks for.
         *
         *     `size_mismatch`: The bytes of an array are more or fewer than its shape and type ask for.
         *
         *     `too_many_tensors`: The file holds more tensors than the service reads.
         *
         *     `unsupported_dtype`: An array has a type of numbers that is not read.
         *
         *     `unsupported_format`: The file, or a version in it, is of a form that is not read.
         */
        Problem422_11: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `artifact_not_found`: There is no such artifact that this key may see, or it was removed since. */
        Problem404_6: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `webhook_secret_exists`: There is a secret for webhooks already. */
        Problem409_8: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description Id of the request: the one that it came with, or a new one */
        "X-Request-Id": string;
        /** @description Address of the job: absolute where the service has a public URL */
        Location: string;
        /** @description `true` where an earlier request with the same Idempotency-Key made the job */
        "Idempotency-Replayed": string;
        /** @description What was followed of the header Prefer */
        "Preference-Applied": string;
        /** @description The hash of the bytes; If-None-Match with it is answered by 304 */
        ETag: string;
        /** @description How long the answer may be kept, and by whom */
        "Cache-Control": string;
        /** @description Name of the file */
        "Content-Disposition": string;
        /** @description Length of the JSON in bytes, where bytes of tensors follow it */
        "Inference-Header-Content-Length": string;
        /** @description Limits of the key: q requests or row-steps in w seconds; absent where it has none */
        "RateLimit-Policy": string;
        /** @description What is left of each limit of the key: r within the next t seconds */
        RateLimit: string;
        /** @description Seconds after which the request may be sent again */
        "Retry-After": number;
        /** @description How to authenticate, and the scope that is missing */
        "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApiKeyRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedApiKey"];
                };
            };
            400: components["responses"]["Problem400_2"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    auditKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyAuditPage"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a key: 8 of a-z and 0-9 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a key: 8 of a-z and 0-9 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyRotation"];
            };
        };
        responses: {
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedApiKey"];
                };
            };
            400: components["responses"]["Problem400_4"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    limitKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a key: 8 of a-z and 0-9 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyLimits"];
            };
        };
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["Problem400_4"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    readSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionCaller"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403_2"];
            408: components["responses"]["Problem408"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    logIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionCaller"];
                };
            };
            400: components["responses"]["Problem400_2"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403_2"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    logOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is no session any more */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403_2"];
            408: components["responses"]["Problem408"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    watch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The data of each event snapshot */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["LiveSnapshot"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    getHealthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["Problem400"];
            403: components["responses"]["Problem403_2"];
            408: components["responses"]["Problem408"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_2"];
            default: components["responses"]["Problem"];
        };
    };
    getPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Model: its newest version (robot), a version (robot@3) or an alias */
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RobotPolicy"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_2"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    listPolicySessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicySessionList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    getVlaEvalConfig: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VlaEvalConfig"];
                };
            };
            400: components["responses"]["Problem400"];
            403: components["responses"]["Problem403_2"];
            408: components["responses"]["Problem408"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_2"];
            default: components["responses"]["Problem"];
        };
    };
    getPolicyHealth: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Model: its newest version (robot), a version (robot@3) or an alias */
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VlaEvalHealth"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_2"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    getPolicyConfig: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Model: its newest version (robot), a version (robot@3) or an alias */
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VlaEvalConfig"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_2"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    createSamplingJobs: {
        parameters: {
            query?: never;
            header?: {
                /** @description Covers every job of the batch */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkSamplingRequest"];
            };
        };
        responses: {
            /** @description One answer per request, in order */
            207: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkSamplingResult"];
                };
            };
            400: components["responses"]["Problem400_5"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_2"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422_3"];
            429: components["responses"]["Problem429_2"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_4"];
            default: components["responses"]["Problem"];
        };
    };
    cancelSamplingJobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkCancelRequest"];
            };
        };
        responses: {
            /** @description One answer per job, in order */
            207: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkSamplingResult"];
                };
            };
            400: components["responses"]["Problem400_2"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    listSamplingJobs: {
        parameters: {
            query?: {
                /** @description Only jobs of this status */
                status?: "queued" | "running" | "paused" | "succeeded" | "failed" | "cancelled";
                /** @description Only jobs of this model */
                model?: string;
                /** @description Only jobs that came with the API key of this id */
                key?: string;
                /** @description Only jobs that were submitted at this time or later */
                from?: string;
                /** @description Only jobs that were submitted before this time */
                until?: string;
                /** @description Only jobs whose id has this part */
                id?: string;
                /** @description Only these jobs, separated by commas, at most 200 */
                ids?: string;
                /** @description Jobs of a page */
                limit?: number;
                /** @description nextCursor of the page before */
                after?: string;
                /** @description Only jobs of this class */
                priority?: "interactive" | "normal" | "bulk";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplingJobPage"];
                };
            };
            400: components["responses"]["Problem400_6"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    createSamplingJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description `wait=SECONDS`, at most 60; `tensors=base64` */
                Prefer?: string;
                /** @description A repeat with the same key finds the same job */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SamplingRequest"];
            };
        };
        responses: {
            /** @description The finished job, its result inline */
            200: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplingJob"];
                };
            };
            /** @description The accepted job */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplingJob"];
                };
            };
            400: components["responses"]["Problem400_5"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_3"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409_2"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422_4"];
            429: components["responses"]["Problem429_2"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_4"];
            default: components["responses"]["Problem"];
        };
    };
    getSamplingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a sampling job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplingJob"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    getSamplingResult: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a sampling job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the form that `Accept` asks for */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown[];
                    "application/vnd.stride.tensor+json": components["schemas"]["EncodedTensor"];
                    "application/x-npy": string;
                    "application/vnd.safetensors": string;
                };
            };
            /** @description The bytes are those that If-None-Match names */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409_3"];
            410: components["responses"]["Problem410"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    followSamplingJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Continue after this event */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description Id of a sampling job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The data of each event, by its type */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["JobEvent"];
                };
            };
            400: components["responses"]["Problem400_7"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    cancelSamplingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a sampling job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplingJob"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409_4"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    getSamplingRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a sampling job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplingJobRequest"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    getSamplingTrace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a sampling job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplingTrace"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    listTrainingJobs: {
        parameters: {
            query?: {
                /** @description Only jobs of this status */
                status?: "queued" | "running" | "paused" | "succeeded" | "failed" | "cancelled";
                /** @description Only jobs of this model */
                model?: string;
                /** @description Only jobs that came with the API key of this id */
                key?: string;
                /** @description Only jobs that were submitted at this time or later */
                from?: string;
                /** @description Only jobs that were submitted before this time */
                until?: string;
                /** @description Only jobs whose id has this part */
                id?: string;
                /** @description Only these jobs, separated by commas, at most 200 */
                ids?: string;
                /** @description Jobs of a page */
                limit?: number;
                /** @description nextCursor of the page before */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingJobPage"];
                };
            };
            400: components["responses"]["Problem400_6"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    createTrainingJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat with the same key finds the same job */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrainingRequest"];
            };
        };
        responses: {
            /** @description The accepted job */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingJob"];
                };
            };
            400: components["responses"]["Problem400_5"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_4"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409_5"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422_5"];
            429: components["responses"]["Problem429_2"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_4"];
            default: components["responses"]["Problem"];
        };
    };
    getTrainingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a training job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingJob"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    getTrainingMetrics: {
        parameters: {
            query?: {
                /** @description Only points of later steps */
                after?: number;
                /** @description Points at most */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Id of a training job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingMetricsPage"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    getCheckpoints: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a training job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckpointList"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    followTrainingJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Continue after this event */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description Id of a training job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The data of each event, by its type */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["JobEvent"];
                };
            };
            400: components["responses"]["Problem400_7"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    cancelTrainingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a training job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingJob"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409_4"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    pauseTrainingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a training job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingJob"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409_4"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    resumeTrainingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a training job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingJob"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409_4"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    getDataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_5"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    putDataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409_6"];
            413: components["responses"]["Problem413_2"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422_6"];
            429: components["responses"]["Problem429_3"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_5"];
            default: components["responses"]["Problem"];
        };
    };
    deleteDataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_5"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    listDatasets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    getDatasetStatistics: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetStatistics"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_5"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    getDatasetRows: {
        parameters: {
            query?: {
                /** @description Row that comes first, from 0 */
                first?: number;
                /** @description Rows that are wanted */
                count?: number;
            };
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetRowPage"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_5"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_7"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    listModels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    getModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Model"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_2"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    getModelVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
                /** @description Version, from 1 */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelVersion"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_2"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    deleteModelVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
                /** @description Version, from 1 */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_2"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    downloadCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
                /** @description Version, from 1 */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The bytes are those that If-None-Match names */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_2"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    exportSampler: {
        parameters: {
            query?: {
                /** @description Denoising steps; default: the model's own */
                steps?: number;
                /** @description Above 0 the file takes its noise as an input */
                eta?: number;
                /** @description How timesteps are picked; default: the model's own */
                timestepSpacing?: "leading" | "trailing" | "linspace" | "quad";
            };
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
                /** @description Version, from 1 */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_2"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_8"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    importModelVersion: {
        parameters: {
            query?: {
                /** @description What the body is */
                format?: components["schemas"]["ModelFormat"];
                /** @description With `format=onnx`: what the file does not say, as JSON in base64url; see ImportConfig */
                config?: string;
                /** @description What the version takes and gives as a policy, as JSON in base64url; see PolicyInterface */
                policy?: string;
            };
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelVersion"];
                };
            };
            400: components["responses"]["Problem400_4"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409_7"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422_9"];
            429: components["responses"]["Problem429_3"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_5"];
            default: components["responses"]["Problem"];
        };
    };
    setModelAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter */
                alias: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AliasRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelVersion"];
                };
            };
            400: components["responses"]["Problem400_4"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_2"];
            408: components["responses"]["Problem408"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422_10"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    describePolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit */
                name: string;
                /** @description Version, from 1 */
                version: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyInterface"];
            };
        };
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelVersion"];
                };
            };
            400: components["responses"]["Problem400_4"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_2"];
            408: components["responses"]["Problem408"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422_10"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    describeInferenceServer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceServer"];
                };
            };
            400: components["responses"]["InferenceError400"];
            403: components["responses"]["InferenceError403"];
            408: components["responses"]["InferenceError408"];
            431: components["responses"]["InferenceError431"];
            500: components["responses"]["InferenceError500"];
            503: components["responses"]["InferenceError503"];
            default: components["responses"]["InferenceError"];
        };
    };
    getInferenceLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InferenceError400"];
            403: components["responses"]["InferenceError403"];
            408: components["responses"]["InferenceError408"];
            431: components["responses"]["InferenceError431"];
            500: components["responses"]["InferenceError500"];
            503: components["responses"]["InferenceError503"];
            default: components["responses"]["InferenceError"];
        };
    };
    getInferenceReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They should */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InferenceError400"];
            403: components["responses"]["InferenceError403"];
            408: components["responses"]["InferenceError408"];
            431: components["responses"]["InferenceError431"];
            500: components["responses"]["InferenceError500"];
            503: components["responses"]["InferenceError503_2"];
            default: components["responses"]["InferenceError"];
        };
    };
    describeInferenceModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Model: its newest version (robot), a version (robot@3) or an alias */
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceModel"];
                };
            };
            400: components["responses"]["InferenceError400_2"];
            401: components["responses"]["InferenceError401"];
            403: components["responses"]["InferenceError403_2"];
            404: components["responses"]["InferenceError404"];
            408: components["responses"]["InferenceError408"];
            422: components["responses"]["InferenceError422"];
            429: components["responses"]["InferenceError429"];
            431: components["responses"]["InferenceError431"];
            500: components["responses"]["InferenceError500"];
            503: components["responses"]["InferenceError503_3"];
            default: components["responses"]["InferenceError"];
        };
    };
    describeInferenceVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Model: its newest version (robot), a version (robot@3) or an alias */
                model: string;
                /** @description Version, from 1, or an alias */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceModel"];
                };
            };
            400: components["responses"]["InferenceError400_2"];
            401: components["responses"]["InferenceError401"];
            403: components["responses"]["InferenceError403_2"];
            404: components["responses"]["InferenceError404"];
            408: components["responses"]["InferenceError408"];
            422: components["responses"]["InferenceError422"];
            429: components["responses"]["InferenceError429"];
            431: components["responses"]["InferenceError431"];
            500: components["responses"]["InferenceError500"];
            503: components["responses"]["InferenceError503_3"];
            default: components["responses"]["InferenceError"];
        };
    };
    configInferenceModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Model: its newest version (robot), a version (robot@3) or an alias */
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceModelConfig"];
                };
            };
            400: components["responses"]["InferenceError400_2"];
            401: components["responses"]["InferenceError401"];
            403: components["responses"]["InferenceError403_2"];
            404: components["responses"]["InferenceError404"];
            408: components["responses"]["InferenceError408"];
            422: components["responses"]["InferenceError422"];
            429: components["responses"]["InferenceError429"];
            431: components["responses"]["InferenceError431"];
            500: components["responses"]["InferenceError500"];
            503: components["responses"]["InferenceError503_3"];
            default: components["responses"]["InferenceError"];
        };
    };
    configInferenceVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Model: its newest version (robot), a version (robot@3) or an alias */
                model: string;
                /** @description Version, from 1, or an alias */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceModelConfig"];
                };
            };
            400: components["responses"]["InferenceError400_2"];
            401: components["responses"]["InferenceError401"];
            403: components["responses"]["InferenceError403_2"];
            404: components["responses"]["InferenceError404"];
            408: components["responses"]["InferenceError408"];
            422: components["responses"]["InferenceError422"];
            429: components["responses"]["InferenceError429"];
            431: components["responses"]["InferenceError431"];
            500: components["responses"]["InferenceError500"];
            503: components["responses"]["InferenceError503_3"];
            default: components["responses"]["InferenceError"];
        };
    };
    getInferenceModelReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Model: its newest version (robot), a version (robot@3) or an alias */
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InferenceError400_2"];
            401: components["responses"]["InferenceError401"];
            403: components["responses"]["InferenceError403_2"];
            404: components["responses"]["InferenceError404"];
            408: components["responses"]["InferenceError408"];
            422: components["responses"]["InferenceError422"];
            429: components["responses"]["InferenceError429"];
            431: components["responses"]["InferenceError431"];
            500: components["responses"]["InferenceError500"];
            503: components["responses"]["InferenceError503_3"];
            default: components["responses"]["InferenceError"];
        };
    };
    getInferenceVersionReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Model: its newest version (robot), a version (robot@3) or an alias */
                model: string;
                /** @description Version, from 1, or an alias */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InferenceError400_2"];
            401: components["responses"]["InferenceError401"];
            403: components["responses"]["InferenceError403_2"];
            404: components["responses"]["InferenceError404"];
            408: components["responses"]["InferenceError408"];
            422: components["responses"]["InferenceError422"];
            429: components["responses"]["InferenceError429"];
            431: components["responses"]["InferenceError431"];
            500: components["responses"]["InferenceError500"];
            503: components["responses"]["InferenceError503_3"];
            default: components["responses"]["InferenceError"];
        };
    };
    infer: {
        parameters: {
            query?: never;
            header?: {
                /** @description Length of the JSON in bytes; the bytes of tensors follow it, little-endian and row-major */
                "Inference-Header-Content-Length"?: string;
                /** @description `gzip` or `deflate` */
                "Content-Encoding"?: string;
                /** @description A repeat with the same key finds the same job */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Model: its newest version (robot), a version (robot@3) or an alias */
                model: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InferenceRequest"];
            };
        };
        responses: {
            /** @description The actions, in the JSON or as bytes behind it */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "Inference-Header-Content-Length": components["headers"]["Inference-Header-Content-Length"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceAnswer"];
                };
            };
            400: components["responses"]["InferenceError400_3"];
            401: components["responses"]["InferenceError401"];
            403: components["responses"]["InferenceError403_2"];
            404: components["responses"]["InferenceError404_2"];
            408: components["responses"]["InferenceError408"];
            409: components["responses"]["InferenceError409"];
            413: components["responses"]["InferenceError413"];
            415: components["responses"]["InferenceError415"];
            422: components["responses"]["InferenceError422_2"];
            429: components["responses"]["InferenceError429_2"];
            431: components["responses"]["InferenceError431"];
            500: components["responses"]["InferenceError500"];
            503: components["responses"]["InferenceError503_4"];
            default: components["responses"]["InferenceError"];
        };
    };
    inferVersion: {
        parameters: {
            query?: never;
            header?: {
                /** @description Length of the JSON in bytes; the bytes of tensors follow it, little-endian and row-major */
                "Inference-Header-Content-Length"?: string;
                /** @description `gzip` or `deflate` */
                "Content-Encoding"?: string;
                /** @description A repeat with the same key finds the same job */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Model: its newest version (robot), a version (robot@3) or an alias */
                model: string;
                /** @description Version, from 1, or an alias */
                version: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InferenceRequest"];
            };
        };
        responses: {
            /** @description The actions, in the JSON or as bytes behind it */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "Inference-Header-Content-Length": components["headers"]["Inference-Header-Content-Length"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InferenceAnswer"];
                };
            };
            400: components["responses"]["InferenceError400_3"];
            401: components["responses"]["InferenceError401"];
            403: components["responses"]["InferenceError403_2"];
            404: components["responses"]["InferenceError404_2"];
            408: components["responses"]["InferenceError408"];
            409: components["responses"]["InferenceError409"];
            413: components["responses"]["InferenceError413"];
            415: components["responses"]["InferenceError415"];
            422: components["responses"]["InferenceError422_2"];
            429: components["responses"]["InferenceError429_2"];
            431: components["responses"]["InferenceError431"];
            500: components["responses"]["InferenceError500"];
            503: components["responses"]["InferenceError503_4"];
            default: components["responses"]["InferenceError"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Live"];
                };
            };
            400: components["responses"]["Problem400"];
            403: components["responses"]["Problem403_2"];
            408: components["responses"]["Problem408"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_2"];
            default: components["responses"]["Problem"];
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Live"];
                };
            };
            400: components["responses"]["Problem400"];
            403: components["responses"]["Problem403_2"];
            408: components["responses"]["Problem408"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_2"];
            default: components["responses"]["Problem"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Send requests here */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            400: components["responses"]["Problem400"];
            403: components["responses"]["Problem403_2"];
            408: components["responses"]["Problem408"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            /** @description Send no requests here */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    putArtifact: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Artifact"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422_11"];
            429: components["responses"]["Problem429_3"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_5"];
            default: components["responses"]["Problem"];
        };
    };
    getArtifact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description art_ and the SHA-256 of the bytes */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The bytes are those that If-None-Match names */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404_6"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422_2"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503_3"];
            default: components["responses"]["Problem"];
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description Only that of this job */
                job?: string;
                /** @description Deliveries of a page */
                limit?: number;
                /** @description nextCursor of the page before */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryPage"];
                };
            };
            400: components["responses"]["Problem400_6"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    redeliverWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of a delivery */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            400: components["responses"]["Problem400_3"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    createWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409_8"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: {
                /** @description Seconds for which the secret before signs, too; 0 where it has become known */
                overlapSeconds?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    listWorkers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    listScrapeTargets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScrapeTarget"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    getStats: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            408: components["responses"]["Problem408"];
            429: components["responses"]["Problem429"];
            431: components["responses"]["Problem431"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
}
