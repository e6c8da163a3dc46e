/** Short names for the types of the server's values; all types come from the generated schema. */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Agreement = Schemas["Agreement"];
export type Branch = Schemas["Branch"];
export type Comparison = Schemas["Comparison"];
export type Confusion = Schemas["Confusion"];
export type Cost = Schemas["Cost"];
export type CriterionInfo = Schemas["CriterionInfo"];
export type CriterionOption = CriterionInfo["options"][number];
export type DataEntry = Schemas["DataEntry"];
export type DataReport = Schemas["DataReport"];
export type DataListing = Schemas["DataListing"];
export type Embedding = Schemas["Embedding"];
export type EmbeddingFrame = Omit<Schemas["EmbeddingEvent"], "kind">;
export type Epoch = Schemas["Epoch"];
export type ErrorBody = Schemas["ErrorBody"];
export type Estimate = Schemas["Estimate"];
export type Experiment = Schemas["Experiment"];
export type Export = Schemas["Export"];
export type FilterPicture = Schemas["FilterPicture"];
export type FilterPictures = Schemas["FilterPictures"];
export type ForecastPoint = Schemas["ForecastPoint"];
export type Health = Schemas["Health"];
export type Job = Schemas["Job"];
export type LayerFilter = Schemas["LayerFilter"];
export type LayerFilters = Schemas["LayerFilters"];
export type NetworkReport = Schemas["NetworkReport"];
export type Link = Schemas["Link"];
export type NetworkChoice = Schemas["NetworkChoice"];
export type NewExperiment = Schemas["NewExperiment"];
export type NewDataReport = Schemas["NewDataReport"];
export type NewControls = Schemas["NewControls"];
export type TreeForecast = Schemas["TreeForecast"];
export type NewEstimate = Schemas["NewEstimate"];
export type NewLink = Schemas["NewLink"];
export type NewAutopilot = Schemas["NewAutopilot"];
export type Node = Schemas["Node"];
export type NodeLayers = Schemas["NodeLayers"];
export type PartialScores = Schemas["PartialScores"];
export type Plan = Schemas["Plan"];
export type Preview = Schemas["Preview"];
export type Recipe = Schemas["Recipe"];
export type Sample = Schemas["Sample"];
export type Samples = Schemas["Samples"];
export type SampleView = Schemas["SampleView"];
export type Scores = Schemas["Scores"];
export type Suggestion = Schemas["Suggestion"];
export type Candidate = Schemas["Candidate"];
export type NewSuggestion = Schemas["NewSuggestion"];
export type Training = Schemas["Training"];
export type TrainingChoice = Schemas["TrainingChoice"];
export type Visitor = Schemas["Visitor"];
export type Autopilot = Schemas["Autopilot"];

export type ServerEvent =
  | Schemas["JobEvent"]
  | Schemas["NodeEvent"]
  | Schemas["EpochEvent"]
  | Schemas["ScoresEvent"]
  | Schemas["PlanEvent"]
  | Schemas["ExperimentEvent"]
  | Schemas["SuggestionEvent"]
  | Schemas["EmbeddingEvent"]
  | Schemas["AutopilotEvent"]
  | Schemas["EstimateEvent"]
  | Schemas["RemovedEvent"];
