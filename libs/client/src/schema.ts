export interface paths {
    "/v1/sampling-jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List jobs, newest first */
        get: operations["listSamplingJobs"];
        put?: never;
        /** Submit a job; with `Prefer: wait=SECONDS` also wait for its result */
        post: operations["createSamplingJob"];
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
        /** Submit up to 1,000 jobs, each accepted or refused on its own */
        post: operations["createSamplingJobs"];
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
        /** A job as it is now */
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
        /** The actions [observations * samplesPerObservation, horizon, dim] */
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
        /** Server-sent events until the job has ended */
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
        /** Cancel: a queued job at once, a running one at its next macro-step */
        post: operations["cancelSamplingJob"];
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
        /** List jobs, newest first */
        get: operations["listTrainingJobs"];
        put?: never;
        /** Submit a training job */
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
        /** A job as it is now */
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
        /** Loss, learning rate, gradient norm and speed at every log point */
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
        /** The checkpoints a run could go on from, newest first */
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
        /** Server-sent events until the job has ended */
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
        /** Cancel: a queued job at once, a running one after its present update */
        post: operations["cancelTrainingJob"];
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
        /** A dataset: counts, shapes, ranges and hash */
        get: operations["getDataset"];
        /** Upload `observations [N,obsSize]` and `actions [N,horizon,dim]` as safetensors or npz */
        put: operations["putDataset"];
        post?: never;
        /** Forget a dataset; jobs that were accepted before still find its bytes */
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
        /** All datasets by name */
        get: operations["listDatasets"];
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
        /** All models by name */
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
        /** A model: its versions and aliases */
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
        /** A version: sizes, sampling defaults, metrics, and where it comes from */
        get: operations["getModelVersion"];
        put?: never;
        post?: never;
        /** Take a version away; its number does not come back */
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
        /** The file of a version: safetensors, or the ONNX file that was imported */
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
        /** The whole sampler as one ONNX file: observations in, actions out, in the units of the data */
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
        /** Import a model as the next version: a checkpoint of ours, or your own denoiser as ONNX */
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
        /** Let `name@alias` mean a version from now on */
        put: operations["setModelAlias"];
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
        /** Upload a tensor for use in requests: npy, or safetensors with one tensor */
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
        /** The bytes of an artifact */
        get: operations["getArtifact"];
        put?: never;
        post?: never;
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
        /** The live workers, as their last heartbeats describe them */
        get: operations["listWorkers"];
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
        /** Queue counts, throughput and step latency over the last minute */
        get: operations["getStats"];
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
        /** Whether this process answers; says nothing about Redis */
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
        /** Whether requests should be sent here: Redis, its configuration, the artifact store */
        get: operations["getReadiness"];
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
        SamplingRequest: {
            model: string;
            observations?: components["schemas"]["Tensor"] | null;
            /**
             * @description Rows per observation. A job has at most 4096 rows, 1000000 rows x steps, and 536870912 bytes of rows and inputs: 4 (rows (3 horizon dim + condition) + numbers of all tensors)
             * @default 1
             */
            samplesPerObservation?: number;
            numInferenceSteps?: number | null;
            eta?: number | null;
            timestepSpacing?: ("leading" | "trailing" | "linspace" | "quad") | null;
            stepsOffset?: number | null;
            prevTimestepRule?: ("list" | "stride") | null;
            compat?: ("edifice" | "none") | null;
            noiseVariance?: ("ddim" | "large") | null;
            guidanceScale?: number | null;
            guidanceRescale?: number | null;
            clipSample?: boolean | null;
            clipSampleRange?: number | null;
            thresholding?: components["schemas"]["Thresholding"] | null;
            useClippedModelOutput?: boolean | null;
            startTimestep?: number | null;
            strength?: number | null;
            seed?: number | null;
            initialNoise?: components["schemas"]["Tensor"] | null;
            initialActions?: components["schemas"]["Tensor"] | null;
            warmStart?: components["schemas"]["WarmStart"] | null;
            fixedActions?: components["schemas"]["FixedActions"] | null;
            /**
             * @default sample
             * @enum {string}
             */
            mode?: "sample" | "encode" | "interpolate";
            /**
             * @default float32
             * @enum {string}
             */
            precision?: "float32" | "int8";
            /**
             * @default normal
             * @enum {string}
             */
            priority?: "interactive" | "normal" | "bulk";
            deadlineMs?: number | null;
            supersedeKey?: string | null;
            previewEvery?: number | null;
            webhook?: string | null;
            metadata?: components["schemas"]["Metadata"];
        };
        Tensor: unknown[] | components["schemas"]["EncodedTensor"] | components["schemas"]["ArtifactTensor"];
        EncodedTensor: {
            shape: number[];
            /** @enum {string} */
            dtype: "float32";
            data: string;
        };
        ArtifactTensor: {
            artifact: string;
        };
        Thresholding: {
            ratio: number;
            maxValue: number;
        };
        WarmStart: {
            previousActions: components["schemas"]["Tensor"];
            executedSteps: number;
        };
        FixedActions: {
            mask: (true | false | 0 | 1)[] | (true | false | 0 | 1)[][];
            values: components["schemas"]["Tensor"];
        };
        Metadata: {
            [key: string]: string | number | boolean | null;
        };
        SamplingJob: {
            id: string;
            /** @enum {string} */
            status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            model: components["schemas"]["JobModel"];
            /** Format: date-time */
            createdAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            cancelRequestedAt: string | null;
            progress: components["schemas"]["JobProgress"];
            queuePosition: number | null;
            estimatedSecondsLeft: number | null;
            timings: components["schemas"]["JobTimings"];
            seed: number;
            warnings: components["schemas"]["Warning"][];
            error: components["schemas"]["JobError"] | null;
            attempts: number;
            worker: string | null;
            metadata: components["schemas"]["Metadata"];
            /** @enum {string} */
            kind: "sampling";
            expiresAt: string | null;
            result: components["schemas"]["SamplingJobResult"] | null;
        };
        JobModel: {
            name: string;
            version: number | null;
        };
        JobProgress: {
            completedRows: number | null;
            totalRows: number | null;
            completedSteps: number;
            totalSteps: number;
        };
        JobTimings: {
            queuedSeconds: number | null;
            runSeconds: number | null;
            denoiseSeconds: number | null;
        };
        Warning: {
            code: string;
            message: string;
        };
        JobError: {
            /** @enum {string} */
            code: "non_finite_result" | "non_finite_loss" | "backend_error" | "out_of_memory" | "model_load_failed" | "model_hangs" | "deadline_exceeded" | "artifact_store_error" | "artifact_missing" | "poisonous_job" | "checkpoint_mismatch" | "dataset_invalid" | "unsupported_option" | "invalid_request" | "internal_error" | "cancelled" | "superseded";
            message: string;
        };
        SamplingJobResult: {
            shape: number[];
            /** @enum {string} */
            dtype: "float32";
            sha256: string;
            bytes: number;
            href: string;
            data?: unknown[] | string;
        };
        BulkSamplingRequest: {
            requests: unknown[];
        };
        BulkSamplingResult: {
            items: {
                status: number;
                job: components["schemas"]["SamplingJob"] | null;
                problem: {
                    type: string;
                    title: string;
                    status: number;
                    detail: string;
                    code: string;
                    errors?: {
                        path: string;
                        message: string;
                    }[];
                } | null;
            }[];
        };
        SamplingJobPage: {
            items: components["schemas"]["SamplingJob"][];
            nextCursor: string | null;
        };
        JobEvent: {
            /** @enum {string} */
            type: "queued";
        } | {
            /** @enum {string} */
            type: "started";
            attempt: number;
            worker: string;
            warnings: components["schemas"]["Warning"][];
        } | {
            /** @enum {string} */
            type: "step";
            completedRows: number;
            totalRows: number;
            completedSteps: number;
            totalSteps: number;
            secondsLeft: number | null;
        } | {
            /** @enum {string} */
            type: "preview";
            row: number;
            step: number;
            actions: components["schemas"]["EncodedTensor"];
        } | components["schemas"]["TrainingMetrics"] | {
            /** @enum {string} */
            type: "checkpoint";
            step: number;
            sha256: string;
            bytes: number;
        } | {
            /** @enum {string} */
            type: "paused";
        } | {
            /** @enum {string} */
            type: "resumed";
        } | {
            /** @enum {string} */
            type: "succeeded";
        } | {
            /** @enum {string} */
            type: "failed";
            error: components["schemas"]["JobError"];
        } | {
            /** @enum {string} */
            type: "cancelled";
            error: components["schemas"]["JobError"];
        };
        TrainingMetrics: {
            /** @enum {string} */
            type: "metrics";
            step: number;
            totalSteps: number;
            loss: number | null;
            learningRate: number;
            gradNorm: number | null;
            stepsPerSecond: number;
            validationLoss: number | null;
            skippedUpdates: number;
        };
        TrainingRequest: {
            model: string;
            dataset: string;
            /**
             * @default diffusion-policy
             * @enum {string}
             */
            preset?: "diffusion-policy" | "edifice";
            /** @default {} */
            network?: components["schemas"]["NetworkRequest"];
            /** @default {} */
            diffusion?: components["schemas"]["DiffusionRequest"];
            /** @default {} */
            training?: components["schemas"]["OptimiserRequest"];
            initFrom?: string | null;
            /**
             * @default normal
             * @enum {string}
             */
            priority?: "interactive" | "normal" | "bulk";
            webhook?: string | null;
            metadata?: components["schemas"]["Metadata"];
        };
        NetworkRequest: {
            hiddenSize?: number | null;
            numLayers?: number | null;
            preconditioning?: ("none" | "edm") | null;
            sigmaSkip?: number | null;
        };
        DiffusionRequest: {
            numTrainTimesteps?: number | null;
            betaSchedule?: ("linear" | "scaled_linear" | "squaredcos_cap_v2") | null;
            betaStart?: number | null;
            betaEnd?: number | null;
            trainedBetas?: number[] | null;
            predictionType?: ("epsilon" | "sample" | "v_prediction") | null;
            clipSample?: boolean | null;
            clipSampleRange?: number | null;
            rescaleBetasZeroSnr?: boolean | null;
            setAlphaToOne?: boolean | null;
            timestepSpacing?: ("leading" | "trailing" | "linspace" | "quad") | null;
            stepsOffset?: number | null;
            eta?: number | null;
            thresholding?: components["schemas"]["Thresholding"] | null;
            useClippedModelOutput?: boolean | null;
            numInferenceSteps?: number | null;
            compat?: "edifice" | null;
        };
        OptimiserRequest: {
            steps?: number | null;
            batchSize?: number | null;
            learningRate?: number | null;
            adamBetas?: [
                number,
                number
            ] | null;
            adamEpsilon?: number | null;
            weightDecay?: number | null;
            warmupSteps?: number | null;
            lrSchedule?: ("cosine" | "constant" | "linear") | null;
            gradClipNorm?: number | null;
            emaPower?: number | null;
            emaMaxDecay?: number | null;
            conditionDropout?: number | null;
            lossWeighting?: ("none" | "min_snr") | null;
            checkpointEverySteps?: number | null;
            logEverySteps?: number | null;
            validationFraction?: number | null;
            seed?: number | null;
        };
        TrainingJob: {
            id: string;
            /** @enum {string} */
            status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            model: components["schemas"]["JobModel"];
            /** Format: date-time */
            createdAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            cancelRequestedAt: string | null;
            progress: components["schemas"]["JobProgress"];
            queuePosition: number | null;
            estimatedSecondsLeft: number | null;
            timings: components["schemas"]["JobTimings"];
            seed: number;
            warnings: components["schemas"]["Warning"][];
            error: components["schemas"]["JobError"] | null;
            attempts: number;
            worker: string | null;
            metadata: components["schemas"]["Metadata"];
            /** @enum {string} */
            kind: "training";
            dataset: string;
            pausedAt: string | null;
            result: components["schemas"]["TrainingJobResult"] | null;
        };
        TrainingJobResult: {
            model: components["schemas"]["JobModel"];
            sha256: string;
            bytes: number;
            href: string;
        };
        TrainingJobPage: {
            items: components["schemas"]["TrainingJob"][];
            nextCursor: string | null;
        };
        TrainingMetricsPage: {
            items: components["schemas"]["TrainingMetrics"][];
        };
        CheckpointList: {
            items: {
                step: number;
                sha256: string;
                bytes: number;
            }[];
        };
        Dataset: {
            name: string;
            sha256: string;
            bytes: number;
            count: number;
            obsSize: number;
            actionHorizon: number;
            actionDim: number;
            observationRange: components["schemas"]["ValueRange"] | null;
            actionRange: components["schemas"]["ValueRange"];
            paddedSteps: number;
            warnings: components["schemas"]["Warning"][];
            /** Format: date-time */
            createdAt: string;
        };
        ValueRange: {
            min: number;
            max: number;
        };
        DatasetList: {
            items: components["schemas"]["Dataset"][];
        };
        ModelList: {
            items: components["schemas"]["Model"][];
        };
        Model: {
            name: string;
            latestVersion: number;
            versions: components["schemas"]["ModelVersion"][];
            aliases: {
                [key: string]: number;
            };
        };
        ModelVersion: {
            name: string;
            version: number;
            format: components["schemas"]["ModelFormat"];
            sha256: string;
            bytes: number;
            parameters: number;
            config: components["schemas"]["ModelConfig"];
            sampling: {
                [key: string]: unknown;
            };
            guidable: boolean;
            int8: components["schemas"]["Int8Report"] | null;
            metrics: {
                [key: string]: number;
            };
            provenance: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            createdAt: string;
            hung: components["schemas"]["HungMark"] | null;
        };
        /** @enum {string} */
        ModelFormat: "safetensors" | "onnx";
        ModelConfig: {
            obsSize: number;
            actionHorizon: number;
            actionDim: number;
            hiddenSize: number | null;
            numLayers: number | null;
            numTrainTimesteps: number;
            predictionType: string;
            preconditioning: string;
        };
        Int8Report: {
            rows: number;
            numInferenceSteps: number;
            relativeRms: number;
            largestDifference: number;
            modeChangeRatio: number;
            cpu: string;
        };
        HungMark: {
            /** Format: date-time */
            at: string;
            reason: string;
        };
        AliasRequest: {
            version: number;
        };
        Artifact: {
            id: string;
            sha256: string;
            bytes: number;
        };
        WorkerList: {
            items: components["schemas"]["WorkerInfo"][];
        };
        WorkerInfo: {
            id: string;
            host: string;
            pid: number;
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            lastHeartbeatAt: string;
            queues: string[];
            /** @enum {string} */
            status: "starting" | "running" | "draining" | "failed";
            /** @default [] */
            pauses: components["schemas"]["Pause"][];
            backend: string;
            provider: string;
            device: string;
            version: string;
            /**
             * @default [
             *       "float32"
             *     ]
             */
            precisions: ("float32" | "int8")[];
            rejectedProviders: {
                provider: string;
                reason: string;
            }[];
            engineThreads: number;
            jobsRunning: number;
            rowsRunning: number;
            rowsWaiting: number;
            models: string[];
            rowStepsTotal: number;
            rowStepsPerSecond: number;
            samplesPerSecond: number;
            stepSeconds: {
                p50: number;
                p95: number;
                p99: number;
                count: number;
            } | null;
            metricsUrl: string;
        };
        Pause: {
            /** @enum {string} */
            cause: "redis" | "store" | "engine";
            reason: string;
        };
        Stats: {
            queues: {
                sampling: components["schemas"]["QueueCounts"];
                training: components["schemas"]["QueueCounts"];
            };
            workers: number;
            rowsRunning: number;
            rowsWaiting: number;
            samplesPerSecond: number;
            rowStepsPerSecond: number;
            stepSeconds: {
                p50: number;
                p95: number;
                p99: number;
            } | null;
        };
        QueueCounts: {
            waiting: number;
            active: number;
            delayed: number;
            succeeded: number;
            failed: number;
        };
        Live: {
            /** @enum {string} */
            status: "ok";
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            code: string;
            requestId: string;
            errors?: {
                path: string;
                message: string;
            }[];
        };
    };
    responses: {
        /** @description The request was refused; `code` says why. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listSamplingJobs: {
        parameters: {
            query?: {
                status?: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                model?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplingJobPage"];
                };
            };
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplingJob"];
                };
            };
            /** @description The accepted job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplingJob"];
                };
            };
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkSamplingResult"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getSamplingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplingJob"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getSamplingResult: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the form that `Accept` asks for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tensor"];
                    "application/vnd.stride.tensor+json": components["schemas"]["Tensor"];
                    "application/x-npy": components["schemas"]["Tensor"];
                    "application/vnd.safetensors": components["schemas"]["Tensor"];
                };
            };
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
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The data of each event, by its type */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["JobEvent"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    cancelSamplingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SamplingJob"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listTrainingJobs: {
        parameters: {
            query?: {
                status?: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                model?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingJobPage"];
                };
            };
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingJob"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getTrainingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingJob"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getTrainingMetrics: {
        parameters: {
            query?: {
                /** @description Only points of later steps */
                after?: number;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingMetricsPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getCheckpoints: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckpointList"];
                };
            };
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
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The data of each event, by its type */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["JobEvent"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    cancelTrainingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingJob"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getDataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    putDataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteDataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetList"];
                };
            };
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Model"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getModelVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelVersion"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteModelVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    downloadCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
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
                timestepSpacing?: "leading" | "trailing" | "linspace" | "quad";
            };
            header?: never;
            path: {
                name: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
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
            };
            header?: never;
            path: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelVersion"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setModelAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelVersion"];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Artifact"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getArtifact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerList"];
                };
            };
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Live"];
                };
            };
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
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
}
