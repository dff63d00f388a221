"""surveylab: any choice of a survey programme as a factor of a randomised experiment."""

__version__ = "0.1.0"
