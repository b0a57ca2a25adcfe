/**
 * Model versions outside the stream: read whole from the models topic ({@link
 * freshet.jobs.models.StoredModels}), as files that Python reads too ({@link
 * freshet.jobs.models.Safetensors}, {@link freshet.jobs.models.ModelFile}), and as what a new
 * learner begins with ({@link freshet.jobs.models.WarmStarts}).
 */
package freshet.jobs.models;
